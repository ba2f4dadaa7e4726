import { columns } from "@/api/board-state";
import type { Card, Column } from "@/api/types";

export type Spot = { column: Column; index: number };
export type Direction = "up" | "down" | "left" | "right";

type ByColumn = Record<Column, readonly Card[]>;

const directions: Record<string, Direction> = {
  ArrowUp: "up",
  k: "up",
  ArrowDown: "down",
  j: "down",
  ArrowLeft: "left",
  h: "left",
  ArrowRight: "right",
  l: "right",
};

/** The direction of a key (arrows, or `h j k l`), if it has one. */
export function directionOf(key: string): Direction | null {
  return directions[key.length === 1 ? key.toLowerCase() : key] ?? null;
}

export function spotOf(byColumn: ByColumn, cardId: string): Spot | null {
  for (const column of columns) {
    const index = byColumn[column].findIndex((card) => card.id === cardId);
    if (index !== -1) return { column, index };
  }
  return null;
}

const step = { up: -1, down: 1, left: -1, right: 1 };

/** The card that a direction leads to: the next one in the column, or the one beside it in the next column with cards. */
export function neighbour(byColumn: ByColumn, { column, index }: Spot, direction: Direction): Card | null {
  if (direction === "up" || direction === "down") return byColumn[column][index + step[direction]] ?? null;
  const at = columns.indexOf(column);
  const ahead = direction === "left" ? columns.slice(0, at).toReversed() : columns.slice(at + 1);
  const next = ahead.find((each) => byColumn[each].length > 0);
  return next ? (byColumn[next][Math.min(index, byColumn[next].length - 1)] ?? null) : null;
}

/** Before which card a card goes that is moved one step; null at the edge of the board. */
export function stepTo(byColumn: ByColumn, { column, index }: Spot, direction: Direction): Spot | null {
  if (direction === "up") return index > 0 ? { column, index: index - 1 } : null;
  if (direction === "down") return index < byColumn[column].length - 1 ? { column, index: index + 2 } : null;
  const next = columns[columns.indexOf(column) + step[direction]];
  return next ? { column: next, index: Math.min(index, byColumn[next].length) } : null;
}
