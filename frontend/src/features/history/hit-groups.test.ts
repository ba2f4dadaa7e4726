import { describe, expect, it } from "vitest";

import type { SearchItem } from "@/api/types";

import { hitGroups, snippetPieces } from "./hit-groups";

const hit = (executionId: string | null, sequence: number | null) =>
  ({ cardId: "c", executionId, sequence }) as SearchItem;

describe("what was found", () => {
  it("stands together by run, also where a run's result and its lines come far apart", () => {
    const items = [hit(null, null), hit("a", null), hit("b", null), hit("b", 7), hit("a", 3), hit("a", 2)];
    const groups = hitGroups(items).map(({ key, hits }) => [key, hits.map(({ sequence }) => sequence)]);
    expect(groups).toEqual([
      ["card c", [null]],
      ["a", [null, 3, 2]],
      ["b", [null, 7]],
    ]);
  });

  it("a snippet loses no character, and marks just what matched", () => {
    const pieces = snippetPieces({
      text: "an AssertionError in 🙂 test",
      ranges: [
        [3, 12],
        [24, 28],
      ],
    });
    expect(pieces.map(({ text }) => text).join("")).toBe("an AssertionError in 🙂 test");
    expect(pieces.filter(({ found }) => found).map(({ text }) => text)).toEqual(["Assertion", "test"]);
  });
});
