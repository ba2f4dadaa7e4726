import { describe, expect, it } from "vitest";

import type { Card, Column } from "@/api/types";

import { insertionIndex } from "./drag";
import { placeAt } from "./moves";

const card = (id: string, position: number) => ({ id, position }) as Card;
const a = card("a", 1);
const b = card("b", 2);
const c = card("c", 3);
const board: Record<Column, Card[]> = {
  backlog: [],
  plan: [a, b, c],
  implement: [card("x", 10)],
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
