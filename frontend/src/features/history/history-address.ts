import type { RunFilters } from "@/api/history";
import { commands } from "@/api/types";
import type { Command, Status } from "@/api/types";
import { wordOf } from "@/lib/fields";

export const statuses = [
  "running",
  "waiting",
  "queued",
  "success",
  "error",
  "cancelled",
  "interrupted",
] as const satisfies readonly Status[];

/** Days back from today, today included; `dates` = the two days of the address. */
export const spans = ["1", "7", "30", "90", "dates"] as const;
export type Span = (typeof spans)[number];

export const groupings = ["day", "command", "agent"] as const;
export type ChartGrouping = (typeof groupings)[number];

/** What the address of the history says: a refresh, and a link to it, show the same. */
export type HistoryAddress = {
  q?: string;
  project?: string;
  card?: string;
  command?: Command;
  agent?: string;
  /** One of these, separated by commas. */
  status?: string;
  since?: Span;
  /** The first and the last day, as 2026-11-24. */
  from?: string;
  to?: string;
  view?: "charts";
  by?: ChartGrouping;
};

type Raw = Record<string, unknown>;

function oneOf<T extends string>(all: readonly T[], value: unknown): T | undefined {
  return all.find((each) => each === wordOf(value));
}

const day = (value: unknown) => /^\d{4}-\d{2}-\d{2}$/.exec(wordOf(value) ?? "")?.[0];

export function statusesOf(address: HistoryAddress): Status[] {
  const asked = (address.status ?? "").split(",");
  return statuses.filter((status) => asked.includes(status));
}

/** Only what the history understands; the rest of an address is left out. */
export function historyAddress(raw: Raw): HistoryAddress {
  const status = statusesOf({ status: wordOf(raw["status"]) }).join(",");
  return {
    q: wordOf(raw["q"]),
    project: wordOf(raw["project"]),
    card: wordOf(raw["card"]),
    command: oneOf(commands, raw["command"]),
    agent: wordOf(raw["agent"]),
    status: status || undefined,
    since: oneOf(spans, raw["since"]),
    from: day(raw["from"]),
    to: day(raw["to"]),
    view: oneOf(["charts"], raw["view"]),
    by: oneOf(groupings, raw["by"]),
  };
}

/** The beginning of a day in the reader's zone, some days later or earlier. */
function midnight(date: Date, days: number): Date {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + days);
}

function midnightOf(text: string | undefined, days = 0): string | undefined {
  if (text === undefined) return undefined;
  const [year = 0, month = 1, date = 1] = text.split("-").map(Number);
  return new Date(year, month - 1, date + days).toISOString();
}

function spanOf({ since, from, to }: HistoryAddress, now: Date): Pick<RunFilters, "from" | "to"> {
  if (since === undefined) return {};
  if (since === "dates") return { from: midnightOf(from), to: midnightOf(to, 1) };
  return { from: midnight(now, 1 - Number(since)).toISOString() };
}

/** What the address means to the server; days are those of the reader. */
export function filtersOf(address: HistoryAddress, now: Date): RunFilters {
  const status = statusesOf(address);
  return {
    projectId: address.project,
    cardId: address.card,
    command: address.command,
    agent: address.agent,
    status: status.length > 0 ? status : undefined,
    ...spanOf(address, now),
  };
}

/** Whether anything but the view is chosen. */
export function isNarrowed({ view: _view, by: _by, ...rest }: HistoryAddress): boolean {
  return Object.values(rest).some((value) => value !== undefined);
}
