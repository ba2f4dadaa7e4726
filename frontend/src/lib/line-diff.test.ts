import { describe, expect, it } from "vitest";

import { foldedDiff, lineDiff } from "./line-diff";

const side = (lines: ReturnType<typeof lineDiff>, kind: "removed" | "added") =>
  lines
    .filter((line) => line.kind === "same" || line.kind === kind)
    .map(({ text }) => text)
    .join("\n");

describe("the difference of two texts", () => {
  it.each([
    ["a\nb\nc", "a\nx\nc"],
    ["", "new\nlines"],
    ["gone", ""],
    ["a\na\na", "a\na"],
    ["1\n2\n3\n4", "3\n4\n1\n2"],
    ["same", "same"],
  ])("has both texts in it, whole: %j and %j", (before, after) => {
    const lines = lineDiff(before, after);
    expect(side(lines, "removed")).toBe(before);
    expect(side(lines, "added")).toBe(after);
  });

  it("is no longer than it has to be", () => {
    const lines = lineDiff(
      "# Plan\n1. Measure\n2. Cache\nEnd",
      "# Plan\n1. Measure\n2. Cache by path\n3. Test\nEnd",
    );
    expect(lines.map(({ kind }) => kind)).toEqual(["same", "same", "removed", "added", "added", "same"]);
  });

  it("of huge texts comes at once, and is still whole", () => {
    const before = Array.from({ length: 5_000 }, (_, at) => `before ${at}`).join("\n");
    const after = Array.from({ length: 5_000 }, (_, at) => `after ${at}`).join("\n");
    const lines = lineDiff(before, after);
    expect([side(lines, "removed"), side(lines, "added")]).toEqual([before, after]);
  });

  it("is shown without the equal lines far from a change, none of them lost in the count", () => {
    const text = Array.from({ length: 30 }, (_, at) => `line ${at}`);
    const lines = lineDiff(text.join("\n"), [...text.slice(0, 15), "changed", ...text.slice(16)].join("\n"));
    const parts = foldedDiff(lines);
    expect(parts.map((part) => ("skipped" in part ? part.skipped : part.lines.length))).toEqual([13, 6, 12]);
    expect(foldedDiff(lineDiff("a\nb", "a\nb"))).toHaveLength(1);
  });
});
