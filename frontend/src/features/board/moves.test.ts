import { describe, expect, it } from "vitest";

import type { Place } from "@/api/board-state";
import type { Card, Column } from "@/api/types";

import { insertionIndex } from "./drag";
import { edgeSpeed } from "./held-card";
import { afterMove, placeAt } from "./moves";

const card = (id: string, position: number, column: Column = "plan") => ({ id, position, column }) as Card;
const a = card("a", 1);
const b = card("b", 2);
const c = card("c", 3);
const board: Record<Column, Card[]> = {
  backlog: [],
  plan: [a, b, c],
  implement: [card("x", 10, "implement")],
  test: [],
  review: [],
  done: [],
};

describe("where a dropped card goes", () => {
  it("is before the row whose middle lies below the pointer", () => {
    const rows = [
      { start: 0, size: 100 },
      { start: 108, size: 60 },
    ];
    expect(insertionIndex(rows, 10)).toBe(0);
    expect(insertionIndex(rows, 60)).toBe(1);
    expect(insertionIndex(rows, 137)).toBe(1);
    expect(insertionIndex(rows, 139)).toBe(2);
    expect(insertionIndex([], 5)).toBe(0);
  });

  it("does not count the card itself when it goes down in its own column", () => {
    expect(placeAt(board, a, "plan", 2)).toBe(2.5);
    expect(placeAt(board, a, "plan", 3)).toBe(4);
  });

  it("lies between the right neighbours when it goes up", () => {
    expect(placeAt(board, c, "plan", 1)).toBe(1.5);
    expect(placeAt(board, c, "plan", 0)).toBe(0);
  });

  it("is nowhere new before or behind itself", () => {
    expect(placeAt(board, b, "plan", 1)).toBeNull();
    expect(placeAt(board, b, "plan", 2)).toBeNull();
  });

  it("can be any place of another column", () => {
    expect(placeAt(board, a, "implement", 0)).toBe(9);
    expect(placeAt(board, a, "implement", 1)).toBe(11);
    expect(placeAt(board, a, "done", 0)).toBe(1);
  });
});

const ids = (column: Column, place: Place) => afterMove(board, a, place)[column].map(({ id }) => id);

describe("the columns after a move", () => {
  it("have the card where it went, and nowhere else", () => {
    expect(ids("plan", { column: "plan", position: 2.5 })).toEqual(["b", "a", "c"]);
    expect(ids("plan", { column: "implement", position: 9 })).toEqual(["b", "c"]);
    expect(ids("implement", { column: "implement", position: 9 })).toEqual(["a", "x"]);
    expect(afterMove(board, a, { column: "done", position: 1 }).done[0]?.column).toBe("done");
  });

  it("leave the board that was as it was", () => {
    afterMove(board, a, { column: "done", position: 1 });
    expect(board.plan).toEqual([a, b, c]);
  });
});

describe("the scrolling below a finger", () => {
  it("goes with the edge that is near, the faster the nearer, and not in between", () => {
    expect(edgeSpeed(400, 0, 800)).toBe(0);
    expect(edgeSpeed(790, 0, 800)).toBeGreaterThan(edgeSpeed(770, 0, 800));
    expect(edgeSpeed(10, 0, 800)).toBe(-edgeSpeed(790, 0, 800));
    expect(edgeSpeed(2_000, 0, 800)).toBe(edgeSpeed(800, 0, 800));
  });
});
