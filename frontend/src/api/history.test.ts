import { describe, expect, it } from "vitest";

import { withBoards, withNewest } from "./history";
import type { ActiveExecution, Execution } from "./types";

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

describe("the boards", () => {
  it("say how a run stands, never take lines back, and take the runs of deleted cards away", () => {
    const active = { id: "run-5", status: "success", headSequence: 9 } as ActiveExecution;
    const begun = { ...known, pages: [{ items: [run(5, { headSequence: 40 }), run(4)], nextCursor: null }] };
    const data = withBoards(begun, new Map([["run-5", active]]), new Set(["card-4"]));
    expect(ids(data)).toEqual([5]);
    expect(data.pages[0]?.items[0]).toMatchObject({ status: "success", headSequence: 40 });
  });
});
