import { describe, expect, it } from "vitest";

import { afterChange, countInNeed } from "./in-need";
import type { Execution } from "./types";

function run(id: string, status: Execution["status"], more: Partial<Execution> = {}): Execution {
  return {
    id,
    cardId: `card of ${id}`,
    status,
    isActive: true,
    openRequests: [],
    createdAt: "2026-11-22T10:00:00.000Z",
    completedAt: null,
    ...more,
  } as Execution;
}

const asked = (...times: string[]) =>
  times.map((time, index) => ({
    n: index + 1,
    createdAt: `2026-11-22T${time}:00.000Z`,
  })) as Execution["openRequests"];

const ids = (runs: readonly Execution[]) => runs.map(({ id }) => id);

describe("who needs somebody", () => {
  it("is who waits, the longest first, then who was interrupted", () => {
    const known = [run("old", "interrupted")];
    const changed = [
      run("late", "waiting", { openRequests: asked("12:00") }),
      run("early", "waiting", { openRequests: asked("11:00", "12:30") }),
      run("working", "running"),
    ];
    const after = afterChange(known, changed, []);
    expect(ids(after)).toEqual(["early", "late", "old"]);
    expect(countInNeed(after)).toBe(4);
  });

  it("is nobody any more who was answered, deleted or cleared", () => {
    const known = [run("a", "waiting"), run("b", "interrupted"), run("c", "interrupted")];
    expect(
      afterChange(known, [run("a", "running"), run("c", "interrupted", { isActive: false })], ["b"]),
    ).toEqual([]);
  });

  it("is not the interrupted run of a card that runs again", () => {
    const known = [run("first", "interrupted", { cardId: "card" })];
    expect(afterChange(known, [run("second", "queued", { cardId: "card" })], [])).toEqual([]);
    expect(ids(afterChange(known, [run("older", "error", { cardId: "card", isActive: false })], []))).toEqual(
      ["first"],
    );
  });
});
