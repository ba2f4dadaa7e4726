import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";

import { describe, expect, it } from "vitest";

import { languageFor } from "./language";
import { en } from "./messages.en";
import { ptBR } from "./messages.pt-BR";

type Text = string | ((...values: unknown[]) => string);

/** Each text under its full key: "run.tabs". */
function textsOf(dictionary: object, prefix = ""): Map<string, Text> {
  const found = new Map<string, Text>();
  for (const [key, value] of Object.entries(dictionary) as [string, Text | object][]) {
    if (typeof value === "object") {
      for (const [name, text] of textsOf(value, `${prefix}${key}.`)) found.set(name, text);
    } else found.set(prefix + key, value);
  }
  return found;
}

const english = textsOf(en);
const portuguese = textsOf(ptBR);
const SLOTS = 8;
const slots = Array.from({ length: SLOTS }, (_, index) => `‹${index}›`);
const say = (text: Text | undefined, values: readonly unknown[] = slots) =>
  String(typeof text === "function" ? text(...values) : text);
const slotsIn = (text: string) => new Set(text.match(/‹\d›/g));

/** What is said in English whatever the language, and words that happen to be the same. */
const SAME = new Set(["sweep.command", "form.shortcut"]);

describe("the two dictionaries", () => {
  it("have the same keys", () =>
    expect([...portuguese.keys()].toSorted()).toEqual([...english.keys()].toSorted()));

  it.each([...english.keys()])("say the same of %s, each in its own language", (key) => {
    const [one, other] = [say(english.get(key)), say(portuguese.get(key))];
    expect(slotsIn(other)).toEqual(slotsIn(one));
    const sentence = /\p{L}\s+\p{L}/u.test(one.replaceAll(/‹\d›/g, ""));
    if (sentence && !SAME.has(key)) expect(other).not.toBe(one);
    expect(other.trim()).not.toBe("");
    if (!SAME.has(key)) expect(other).not.toMatch(/\b(the|and|is|are|of|with|was|this|that|run)\b(?! *up)/i);
  });

  it.each([...english.keys()])("say %s of one and of many without a leftover", (key) => {
    for (const value of [1, 2, true, false]) {
      const values = slots.map(() => value);
      expect(say(english.get(key), values) + say(portuguese.get(key), values)).not.toMatch(
        /undefined|NaN|\[object|=>|‹/,
      );
    }
  });
});

describe("the reader's language", () => {
  it.each([
    [["pt-BR", "en"], "pt-BR"],
    [["pt-PT"], "pt-BR"],
    [["de", "en-GB", "pt"], "en"],
    [["de", "pt"], "pt-BR"],
    [["ja"], "en"],
    [[], "en"],
  ])("of a browser that prefers %j is %s", (preferred, spoken) =>
    expect(languageFor(preferred)).toBe(spoken),
  );
});

it("the second language imports nothing that would wait for it", () => {
  const files = readdirSync(import.meta.dirname).filter((name) => name.startsWith("messages.pt-BR"));
  expect(files.length).toBeGreaterThan(1);
  for (const file of files) {
    const source = readFileSync(path.join(import.meta.dirname, file), "utf8");
    const imports = source.split("\n").filter((line) => line.startsWith("import "));
    expect(imports.filter((line) => !/^import type |"\.\/messages\.pt-BR\.[\w-]+"/.test(line))).toEqual([]);
  }
});
