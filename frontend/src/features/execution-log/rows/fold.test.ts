import { expect, it } from "vitest";

import { countLines, firstLine, folded } from "./fold";

const lines = (count: number) => Array.from({ length: count }, (_, index) => `l${index}`).join("\n");

it("twelve lines stay, of thirteen the first twelve show", () => {
  const limit = { lines: 12, characters: 2_000 };
  expect(folded(lines(12), limit)).toBe(lines(12));
  expect(folded(`${lines(12)}\n`, limit)).toBe(`${lines(12)}\n`);
  expect(folded(lines(13), limit)).toBe(lines(12));
});

it("one long line is cut by characters, never inside one", () => {
  const text = `${"x".repeat(9)}😀${"y".repeat(90)}`;
  expect(folded(text, { lines: 12, characters: 10 })).toBe("x".repeat(9));
  expect(folded(text, { lines: 12, characters: 11 })).toBe(`${"x".repeat(9)}😀`);
});

it("a newline at the end begins no line", () => {
  expect(["", "a", "a\n", "a\nb", "\n\n"].map(countLines)).toEqual([0, 1, 1, 2, 2]);
});

it("the first line is the first with something in it", () => {
  expect(firstLine("\n\n  so \nthen")).toBe("so");
  expect(firstLine(" \n ")).toBe("");
});
