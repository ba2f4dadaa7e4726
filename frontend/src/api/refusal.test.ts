import { readFileSync } from "node:fs";
import path from "node:path";

import { describe, expect, it } from "vitest";

import { en } from "@/lib/messages.en";
import { ptBR } from "@/lib/messages.pt-BR";

import { refusalWords } from "./refusal";

const description = JSON.parse(readFileSync(path.resolve("openapi.json"), "utf8")) as {
  components: { schemas: { Problem: { properties: { type: { enum: string[] } } } } };
};
const types = description.components.schemas.Problem.properties.type.enum;
const conflict = {
  type: "urn:retoma:problem:conflict",
  title: "Not possible now",
  detail: "Card 3 has /plan going on; cancel it first.",
};
const missing = { type: "urn:retoma:problem:not-found", title: "Not found", detail: "There is no card 'x'." };

describe("why the server refused", () => {
  it("has words for each code of the server, and for no other, in both languages", () => {
    const codes = types.map((type) => type.replace("urn:retoma:problem:", "")).toSorted();
    expect(codes.length).toBeGreaterThan(10);
    for (const dictionary of [en, ptBR])
      expect(Object.keys(dictionary.refused.byCode).toSorted()).toEqual(codes);
  });

  it("is the server's own sentence for who reads its language", () => {
    expect(refusalWords(conflict, en.refused, true)).toBe(conflict.detail);
    expect(refusalWords({ ...conflict, detail: "" }, en.refused, true)).toBe(conflict.title);
  });

  it("is said in the reader's language, with the server's sentence where it has facts", () => {
    expect(refusalWords(conflict, ptBR.refused, false)).toBe(
      "Isso não é possível agora. O servidor diz: “Card 3 has /plan going on; cancel it first.”",
    );
    expect(refusalWords(missing, ptBR.refused, false)).toBe("Não existe (mais).");
  });

  it("is what was told where nobody knows the code", () => {
    expect(refusalWords({ title: "Bad Gateway" }, ptBR.refused, false)).toBe("Bad Gateway");
    expect(refusalWords({ type: "urn:retoma:problem:constructor", detail: "x" }, ptBR.refused, false)).toBe(
      "x",
    );
  });
});
