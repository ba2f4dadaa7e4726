import { describe, expect, it } from "vitest";

import { boardOf, cardsByColumn, positionAt, reduceBoard } from "./board-state";
import type { Place } from "./board-state";
import type { Card, Column } from "./types";

function card(id: string, column: Column, position: number, title = id): Card {
  return {
    id,
    projectId: "p",
    number: 1,
    title,
    description: "",
    column,
    position,
    labels: [],
    pinned: false,
    agent: null,
    plan: null,
    branch: null,
    createdAt: "2026-11-22T19:00:00.000Z",
    updatedAt: "2026-11-22T19:00:00.000Z",
    activeExecution: null,
  };
}

const ids = (state: ReturnType<typeof boardOf>, column: Column) =>
  cardsByColumn(state)[column].map(({ id }) => id);

const three = boardOf([card("b", "plan", 2), card("a", "plan", 1), card("c", "done", 1)]);

describe("the board", () => {
  it("shows each column by position", () => {
    expect(ids(three, "plan")).toEqual(["a", "b"]);
    expect(ids(three, "done")).toEqual(["c"]);
    expect(ids(three, "test")).toEqual([]);
  });

  it("takes changed, new and removed cards and leaves every other card as it is", () => {
    const next = reduceBoard(three, {
      type: "changed",
      cards: [card("b", "plan", 2, "new words"), card("d", "plan", 3)],
      removed: ["c"],
    });
    expect(ids(next, "plan")).toEqual(["a", "b", "d"]);
    expect(ids(next, "done")).toEqual([]);
    expect(next.cards.get("b")?.title).toBe("new words");
    expect(next.cards.get("a")).toBe(three.cards.get("a"));
  });

  it("is replaced by a snapshot, so what was deleted while away is gone", () => {
    const next = reduceBoard(three, { type: "snapshot", cards: [card("a", "test", 1)] });
    expect([...next.cards.keys()]).toEqual(["a"]);
    expect(ids(next, "test")).toEqual(["a"]);
  });

  it("shows a move at once, even while the server still sends the old place", () => {
    const moved = reduceBoard(three, {
      type: "move-started",
      id: "a",
      place: { column: "done", position: 0 },
    });
    const stale = reduceBoard(moved, {
      type: "changed",
      cards: [card("a", "plan", 1, "ran on")],
      removed: [],
    });
    expect(ids(stale, "done")).toEqual(["a", "c"]);
    expect(ids(stale, "plan")).toEqual(["b"]);
    const again = reduceBoard(stale, { type: "snapshot", cards: [...stale.cards.values()] });
    expect(ids(again, "done")).toEqual(["a", "c"]);
  });

  it("takes the server's place when a move is confirmed", () => {
    const place: Place = { column: "done", position: 0 };
    const moved = reduceBoard(three, { type: "move-started", id: "a", place });
    const confirmed = reduceBoard(moved, { type: "move-confirmed", card: card("a", "done", 7), place });
    expect(ids(confirmed, "done")).toEqual(["c", "a"]);
    expect(confirmed.moves.size).toBe(0);
  });

  it("puts a card back when its move is refused", () => {
    const place: Place = { column: "done", position: 0 };
    const moved = reduceBoard(three, { type: "move-started", id: "a", place });
    const refused = reduceBoard(moved, { type: "move-refused", id: "a", place });
    expect(ids(refused, "plan")).toEqual(["a", "b"]);
    expect(ids(refused, "done")).toEqual(["c"]);
  });

  it("shows the last of several moves, whatever the answers to the earlier ones are", () => {
    const first: Place = { column: "test", position: 1 };
    const last: Place = { column: "review", position: 1 };
    let state = reduceBoard(three, { type: "move-started", id: "a", place: first });
    state = reduceBoard(state, { type: "move-started", id: "a", place: last });
    state = reduceBoard(state, { type: "move-confirmed", card: card("a", "test", 1), place: first });
    expect(ids(state, "review")).toEqual(["a"]);
    state = reduceBoard(state, { type: "move-refused", id: "a", place: last });
    expect(ids(state, "test")).toEqual(["a"]);
  });
});

describe("the position of a card", () => {
  const others = [card("a", "plan", 1), card("b", "plan", 2)];

  it("lies in the middle of its neighbours", () => expect(positionAt(others, 1)).toBe(1.5));
  it("is one less than the first at the top", () => expect(positionAt(others, 0)).toBe(0));
  it("is one more than the last at the end", () => expect(positionAt(others, 2)).toBe(3));
  it("starts at one in an empty column", () => expect(positionAt([], 0)).toBe(1));
});
