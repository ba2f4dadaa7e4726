import { describe, expect, it } from "vitest";

import type { DiffHunk } from "@/api/types";

import { linesOf, pairsOf } from "./diff-rows";
import type { Line } from "./diff-rows";

const hunk = (lines: string[]): DiffHunk => ({
  oldStart: 10,
  oldLines: 3,
  newStart: 20,
  newLines: 3,
  section: "",
  lines,
});

const shown = ({ kind, old, new: now, parts }: Line) =>
  [kind, old, now, parts.map(({ text, changed }) => (changed ? `[${text}]` : text)).join("")] as const;

describe("a hunk", () => {
  it("numbers each line on the sides that have it", () => {
    expect(linesOf(hunk([" a", "-b", "+c", "+d", " e"])).map(shown)).toEqual([
      ["same", 10, 20, "a"],
      ["removed", 11, null, "b"],
      ["added", null, 21, "c"],
      ["added", null, 22, "d"],
      ["same", 12, 23, "e"],
    ]);
  });

  it("marks what is different in lines that replace one another", () => {
    const lines = linesOf(hunk(["-const a = 1;", "-let b;", "+const a = 22;", "+throw it;"]));
    expect(lines.map(shown).map((line) => line[3])).toEqual([
      "const a = [1];",
      "let b;",
      "const a = [22];",
      "throw it;",
    ]);
  });

  it("keeps the word about a missing line break, and counts no line for it", () => {
    const lines = linesOf(hunk(["-a", "\\ No newline at end of file", "+a", " b"]));
    expect(lines.map(shown)).toEqual([
      ["removed", 10, null, "a"],
      ["note", null, null, "No newline at end of file"],
      ["added", null, 20, "a"],
      ["same", 11, 21, "b"],
    ]);
  });
});

const sides = (lines: string[]) =>
  pairsOf(linesOf(hunk(lines))).map(({ left, right }) => [
    left?.parts.map((part) => part.text).join("") ?? null,
    right?.parts.map((part) => part.text).join("") ?? null,
  ]);

describe("side by side", () => {
  it("puts what was added beside what it replaces", () => {
    expect(sides([" a", "-b", "-c", "+d", " e", "+f"])).toEqual([
      ["a", "a"],
      ["b", "d"],
      ["c", null],
      ["e", "e"],
      [null, "f"],
    ]);
  });

  it("keeps two replacements apart", () => {
    expect(sides(["-a", "+b", "-c", "+d"])).toEqual([
      ["a", "b"],
      ["c", "d"],
    ]);
  });
});
