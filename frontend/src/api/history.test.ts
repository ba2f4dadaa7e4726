import { describe, expect, it } from "vitest";

import { concerns, withChanged, withNewest } from "./history";
import type { Execution } from "./types";

/** Runs by number: a higher one is younger. */
const run = (number: number, more: Partial<Execution> = {}): Execution =>
  ({
    id: `run-${number}`,
    cardId: `card-${number}`,
    createdAt: `2026-11-24T10:00:${String(number).padStart(2, "0")}Z`,
    status: "running",
    headSequence: 0,
    ...more,
  }) as Execution;

const page = (numbers: number[], nextCursor: string | null) => ({
  items: numbers.map((number) => run(number)),
  nextCursor,
});
const known = { pages: [page([6, 5, 4], "four"), page([3, 2], "two")], pageParams: [null, "four"] };
const ids = (data: { pages: { items: Execution[] }[] }) =>
  data.pages.flatMap(({ items }) => items.map(({ id }) => Number(id.slice(4))));

describe("the newest runs", () => {
  it("come before what is known, each run once, and reading goes on where it stood", () => {
    const data = withNewest(known, page([8, 7, 6], "six"));
    expect(ids(data)).toEqual([8, 7, 6, 5, 4, 3, 2]);
    expect(data.pages.at(-1)?.nextCursor).toBe("two");
  });

  it("say what belongs between their first and their last: a run that no longer fits goes", () => {
    expect(ids(withNewest(known, page([7, 6, 4], "four")))).toEqual([7, 6, 4, 3, 2]);
  });

  it("leave no hole where more began than one page has", () => {
    const data = withNewest(known, page([12, 11, 10], "ten"));
    expect(ids(data)).toEqual([12, 11, 10]);
    expect(data.pages.at(-1)?.nextCursor).toBe("ten");
  });

  it("are all there is where the page is the last one", () => {
    expect(ids(withNewest(known, page([3], null)))).toEqual([3]);
  });
});

describe("what is told of runs", () => {
  it("takes the place of what was known, and takes the runs of deleted cards away", () => {
    const over = run(5, { status: "success", headSequence: 40 });
    const data = withChanged(known, new Map([[over.id, over]]), new Set(["run-4", "run-2"]));
    expect(ids(data)).toEqual([6, 5, 3]);
    expect(data.pages[0]?.items[1]).toBe(over);
    expect(data.pages[0]?.items[0]).toBe(known.pages[0]?.items[0]);
  });

  it("is of interest where the run may be one of those that are asked for", () => {
    const its = run(1, { projectId: "ours", command: "/plan", agent: "codex", status: "error" });
    expect(concerns({}, its)).toBe(true);
    expect(concerns({ projectId: "ours", cardId: "card-1", command: "/plan", agent: "codex" }, its)).toBe(
      true,
    );
    expect(concerns({ status: ["running"] }, its)).toBe(true);
    for (const other of [
      { projectId: "x" },
      { cardId: "x" },
      { command: "/test" },
      { agent: "x" },
    ] as const) {
      expect(concerns(other, its)).toBe(false);
    }
  });
});
