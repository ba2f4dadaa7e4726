import { columns } from "@/api/board-state";
import type { Card, Column } from "@/api/types";
import { wordOf } from "@/lib/fields";
import type { CardStatus } from "@/lib/status";

import type { AgentNames } from "./agent-names";

/** What a board shows of its cards: the view is the address. */
export type BoardFilter = { text?: string; label?: string; agent?: string; status?: CardStatus };

export type ByColumn = Record<Column, Card[]>;

export const statuses = [
  "waiting",
  "running",
  "queued",
  "interrupted",
  "error",
  "success",
  "cancelled",
  "idle",
] as const satisfies readonly CardStatus[];

/** The filter that an address names; what it does not know, it leaves out. */
export function filterOf(search: Record<string, unknown>): BoardFilter {
  return {
    text: wordOf(search["text"]),
    label: wordOf(search["label"]),
    agent: wordOf(search["agent"]),
    status: statuses.find((status) => status === search["status"]),
  };
}

/** How many of its parts are set. */
export function partsOf(filter: BoardFilter): number {
  return Object.values(filter).filter((part) => part !== undefined).length;
}

function hasWords(card: Card, words: readonly string[]): boolean {
  const text = `#${card.number} ${card.title} ${card.labels.join(" ")}`.toLocaleLowerCase();
  return words.every((word) => text.includes(word));
}

/** Whether a card is shown: each part that is set has to fit, and each word of the text. */
function matcher(filter: BoardFilter, agents: AgentNames): (card: Card) => boolean {
  const words = (filter.text ?? "").toLocaleLowerCase().split(/\s+/).filter(Boolean);
  return (card) =>
    (filter.label === undefined || card.labels.includes(filter.label)) &&
    (filter.status === undefined || (card.activeExecution?.status ?? "idle") === filter.status) &&
    (filter.agent === undefined || agents.nameOf(card) === filter.agent) &&
    hasWords(card, words);
}

/** The cards of each column that the filter lets through; the same object where nothing is filtered. */
export function filtered(byColumn: ByColumn, filter: BoardFilter, agents: AgentNames): ByColumn {
  if (partsOf(filter) === 0) return byColumn;
  const matches = matcher(filter, agents);
  const shown = { ...byColumn };
  for (const column of columns) shown[column] = byColumn[column].filter(matches);
  return shown;
}

/** Where a place between the shown cards of a column lies among all of them: right before the shown card below it, else behind the last. */
export function indexAmongAll(shown: readonly Card[], all: readonly Card[], index: number): number {
  if (shown.length === all.length) return index;
  const next = shown[index];
  if (next) return all.findIndex((card) => card.id === next.id);
  const last = shown.at(-1);
  return last ? all.findIndex((card) => card.id === last.id) + 1 : all.length;
}

export function countOf(byColumn: ByColumn): number {
  return columns.reduce((sum, column) => sum + byColumn[column].length, 0);
}
