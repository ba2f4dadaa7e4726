import { describe, expect, it } from "vitest";

import type { Card, Column } from "@/api/types";

import { directionOf, neighbour, spotOf, stepTo } from "./board-keys";

const card = (id: string) => ({ id }) as Card;
const board: Record<Column, Card[]> = {
  backlog: [card("a"), card("b"), card("c")],
  plan: [],
  implement: [card("x")],
  test: [],
  review: [],
  done: [],
};

describe("keys on the board", () => {
  it("are the arrows and h j k l", () => {
    expect(["ArrowUp", "k", "J", "h", "ArrowRight"].map(directionOf)).toEqual([
      "up",
      "up",
      "down",
      "left",
      "right",
    ]);
    expect(directionOf("Enter")).toBeNull();
  });

  it("lead to the next card of the column and stop at its ends", () => {
    expect(neighbour(board, { column: "backlog", index: 0 }, "down")?.id).toBe("b");
    expect(neighbour(board, { column: "backlog", index: 0 }, "up")).toBeNull();
    expect(neighbour(board, { column: "backlog", index: 2 }, "down")).toBeNull();
  });

  it("skip empty columns and stay at the same height where they can", () => {
    expect(neighbour(board, { column: "backlog", index: 2 }, "right")?.id).toBe("x");
    expect(neighbour(board, { column: "implement", index: 0 }, "left")?.id).toBe("a");
    expect(neighbour(board, { column: "implement", index: 0 }, "right")).toBeNull();
  });

  it("move a card one step, into empty columns too", () => {
    expect(stepTo(board, { column: "backlog", index: 1 }, "up")).toEqual({ column: "backlog", index: 0 });
    expect(stepTo(board, { column: "backlog", index: 1 }, "down")).toEqual({ column: "backlog", index: 3 });
    expect(stepTo(board, { column: "backlog", index: 1 }, "right")).toEqual({ column: "plan", index: 0 });
    expect(stepTo(board, { column: "backlog", index: 1 }, "left")).toBeNull();
    expect(stepTo(board, { column: "backlog", index: 2 }, "down")).toBeNull();
  });

  it("start where the focused card is", () => {
    expect(spotOf(board, "c")).toEqual({ column: "backlog", index: 2 });
    expect(spotOf(board, "gone")).toBeNull();
  });
});
