import { describe, expect, it } from "vitest";

import { piecesOf } from "./text-pieces";

const links = (text: string) => piecesOf(text).flatMap((piece) => piece.href ?? []);
const whole = (text: string) =>
  piecesOf(text)
    .map((piece) => piece.text)
    .join("");

describe("links", () => {
  it("are made of http and https addresses only", () => {
    expect(links("see https://a.example/x?y=1#z and http://127.0.0.1:8420/")).toEqual([
      "https://a.example/x?y=1#z",
      "http://127.0.0.1:8420/",
    ]);
    expect(
      links("javascript:alert(1) data:text/html,x file:///etc/passwd ftp://a.example HTTPS//x https://"),
    ).toEqual([]);
  });

  it("leave out the sentence's punctuation but keep a bracket of their own", () => {
    expect(links("(https://a.example/b), then https://a.example/c_(d). And https://a.example/e!")).toEqual([
      "https://a.example/b",
      "https://a.example/c_(d)",
      "https://a.example/e",
    ]);
  });

  it("show exactly the text they lead to", () => {
    for (const piece of piecesOf("https://good.example@evil.example/ x")) {
      if (piece.href) expect(piece.href).toBe(piece.text);
    }
  });

  it("change nothing of the text", () => {
    const text = "a https://x.example/?<b>'\"&amp; \n\t https://y.example).";
    expect(whole(text)).toBe(text);
  });
});

describe("escapes", () => {
  it("become looks, and their text stays", () => {
    expect(piecesOf("a \u001b[1;31mred\u001b[0m b")).toMatchObject([
      { text: "a " },
      { text: "red", colour: "red", bold: true },
      { text: " b", colour: undefined, bold: false },
    ]);
  });

  it("that move the cursor, set titles or make links are left out", () => {
    const text =
      "\u001b]0;title\u0007a\u001b[2K\u001b[1Gb\u001b]8;;https://x.example\u001b\\c\u001b]8;;\u001b\\\u001b(Bd";
    expect(whole(text)).toBe("abcd");
    expect(links(text)).toEqual([]);
  });

  it("cannot hide text by background or by the hidden look", () => {
    for (const piece of piecesOf("\u001b[8;30;40mhidden")) {
      expect(Object.keys(piece).toSorted()).toEqual(["bold", "colour", "dim", "italic", "text", "underline"]);
    }
  });

  it("unfinished at the end do no harm", () => {
    expect(whole("x\u001b")).toContain("x");
    expect(whole("x\u001b[")).toContain("x");
    expect(whole("x\u001b]0;never ended")).toBe("x");
  });
});

it("markup stays text", () => {
  const text = "<script>alert(1)</script> &lt; <img src=x onerror=alert(1)>";
  expect(piecesOf(text)).toEqual([{ text }]);
});
