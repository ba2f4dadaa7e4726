import { beforeEach, describe, expect, it } from "vitest";

import type { DiffFile } from "@/api/types";

import { filesOf, treeOf } from "./file-tree";
import { signOf } from "./viewed";

const file = (path: string): DiffFile => ({
  path,
  oldPath: null,
  status: "modified",
  binary: false,
  additions: 1,
  deletions: 0,
  truncated: false,
  hunks: [],
});

describe("the tree of changed files", () => {
  const rows = treeOf(["README.md", "src/app/main.ts", "src/app/deep/only/one.ts", "zoo/z.ts"].map(file));

  it("has folders before files, and one row for folders with nothing beside them", () => {
    expect(rows.map((row) => `${"  ".repeat(row.depth)}${row.name}`)).toEqual([
      "src/app",
      "  deep/only",
      "    one.ts",
      "  main.ts",
      "zoo",
      "  z.ts",
      "README.md",
    ]);
  });

  it("says the order in which files follow each other", () => {
    expect(filesOf(rows).map(({ path }) => path)).toEqual([
      "src/app/deep/only/one.ts",
      "src/app/main.ts",
      "zoo/z.ts",
      "README.md",
    ]);
  });
});

describe("the sign of what changed in a file", () => {
  let hunk: DiffFile["hunks"][number];
  beforeEach(() => {
    hunk = { oldStart: 1, oldLines: 1, newStart: 1, newLines: 1, section: "", lines: ["-a", "+b"] };
  });

  it("is the same for the same, and another for a single letter", () => {
    const one = { ...file("a"), hunks: [hunk] };
    expect(signOf(one)).toBe(signOf(structuredClone(one)));
    expect(signOf({ ...one, hunks: [{ ...hunk, lines: ["-a", "+c"] }] })).not.toBe(signOf(one));
  });
});
