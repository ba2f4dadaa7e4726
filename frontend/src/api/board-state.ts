import type { Card, Column } from "./types";

export const columns: readonly Column[] = ["backlog", "plan", "implement", "test", "review", "done"];

/** The column of that name; the backlog for any other word. */
export function columnOf(name: string | null): Column {
  return columns.find((column) => column === name) ?? "backlog";
}

export type Place = { column: Column; position: number };

/** A board in the page: the server's cards, and the places of cards whose move is not confirmed yet. */
export type BoardState = {
  readonly cards: ReadonlyMap<string, Card>;
  readonly moves: ReadonlyMap<string, Place>;
};

export type BoardEvent =
  | { type: "snapshot"; cards: readonly Card[] }
  | { type: "changed"; cards: readonly Card[]; removed: readonly string[] }
  | { type: "move-started"; id: string; place: Place }
  | { type: "move-confirmed"; card: Card; place: Place }
  | { type: "move-refused"; id: string; place: Place };

const noMoves: ReadonlyMap<string, Place> = new Map();

export function boardOf(cards: readonly Card[]): BoardState {
  return { cards: new Map(cards.map((card) => [card.id, card])), moves: noMoves };
}

/** An answer ends the move that it answers: a later move of the same card still waits for its own. */
function without(moves: ReadonlyMap<string, Place>, id: string, answered: Place): ReadonlyMap<string, Place> {
  if (moves.get(id) !== answered) return moves;
  const rest = new Map(moves);
  rest.delete(id);
  return rest;
}

function changed(state: BoardState, cards: readonly Card[], removed: readonly string[]): BoardState {
  const next = new Map(state.cards);
  for (const card of cards) next.set(card.id, card);
  for (const id of removed) next.delete(id);
  return { ...state, cards: next };
}

/** The only way a board's state moves on: what the server says, and the moves it has yet to confirm. */
export function reduceBoard(state: BoardState, event: BoardEvent): BoardState {
  switch (event.type) {
    case "snapshot":
      return { ...boardOf(event.cards), moves: state.moves };
    case "changed":
      return changed(state, event.cards, event.removed);
    case "move-started":
      return { ...state, moves: new Map(state.moves).set(event.id, event.place) };
    case "move-confirmed":
      return { ...changed(state, [event.card], []), moves: without(state.moves, event.card.id, event.place) };
    case "move-refused":
      return { ...state, moves: without(state.moves, event.id, event.place) };
  }
}

/** How the cards of a column stand. */
export const inOrder = (a: Card, b: Card): number => a.position - b.position || a.number - b.number;

/** The cards of each column in order, moves that wait for the server included. */
export function cardsByColumn(state: BoardState): Record<Column, Card[]> {
  const result: Record<Column, Card[]> = {
    backlog: [],
    plan: [],
    implement: [],
    test: [],
    review: [],
    done: [],
  };
  for (const card of state.cards.values()) {
    const place = state.moves.get(card.id);
    const shown = place ? { ...card, ...place } : card;
    result[shown.column].push(shown);
  }
  for (const cards of Object.values(result)) {
    cards.sort(inOrder);
  }
  return result;
}

/** The sort key that puts a card at `index` among `others` (the column without the card itself). */
export function positionAt(others: readonly Card[], index: number): number {
  const before = others[index - 1];
  const after = others[index];
  if (before && after) return (before.position + after.position) / 2;
  if (after) return after.position - 1;
  return before ? before.position + 1 : 1;
}
