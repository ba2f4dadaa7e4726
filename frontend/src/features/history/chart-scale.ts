import type { Group } from "@/api/types";

const DAY_MS = 86_400_000;
/** More days than that without a run are not drawn: the bars would be thinner than a line. */
const MOST_DAYS = 400;

/** Steps of time that people count in, in seconds. */
const SECONDS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 28_800, 86_400];

function roundStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].find((each) => each * power >= rough) ?? 10;
  return step * power;
}

function ticksOf(most: number, step: number): number[] {
  return Array.from({ length: Math.ceil(most / step) + 1 }, (_, at) => at * step);
}

/** Where the lines of an axis from 0 stand: about four, on round values, the last one at or above `most`. */
export function roundTicks(most: number, least: number): number[] {
  return ticksOf(Math.max(most, least), Math.max(least, roundStep(Math.max(most, least) / 4)));
}

/** The same for seconds. */
export function timeTicks(most: number): number[] {
  const rough = Math.max(most, 1) / 4;
  return ticksOf(
    Math.max(most, 1),
    SECONDS.find((step) => step >= rough) ?? Math.ceil(rough / 86_400) * 86_400,
  );
}

const nothing = { p50: null, p95: null, total: null };

function emptyDay(key: string): Group {
  return { key, name: null, executions: 0, byStatus: {}, successRate: null, duration: nothing, usage: null };
}

/** The days with those between them on which nothing ran: a gap in time is a gap in the chart. */
export function withEmptyDays(groups: readonly Group[]): Group[] {
  const known = new Map(groups.map((group) => [group.key, group]));
  const first = groups[0];
  const last = groups.at(-1);
  if (!first || !last) return [];
  const begin = Date.parse(first.key);
  const count = Math.round((Date.parse(last.key) - begin) / DAY_MS) + 1;
  if (count > MOST_DAYS) return [...groups];
  return Array.from({ length: count }, (_, at) => {
    const key = new Date(begin + at * DAY_MS).toISOString().slice(0, 10);
    return known.get(key) ?? emptyDay(key);
  });
}

export const outcomes = ["success", "error", "interrupted", "cancelled", "unfinished"] as const;
export type Outcome = (typeof outcomes)[number];

/** How many runs of a group came to what. */
export function outcomeCounts({ byStatus }: Pick<Group, "byStatus">): Record<Outcome, number> {
  const of = (status: string) => byStatus[status] ?? 0;
  return {
    success: of("success"),
    error: of("error"),
    interrupted: of("interrupted"),
    cancelled: of("cancelled"),
    unfinished: of("queued") + of("running") + of("waiting"),
  };
}
