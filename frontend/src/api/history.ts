import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import type { InfiniteData, QueryClient } from "@tanstack/react-query";

import { answerOf, client } from "./client";
import type { Command, Execution, Grouping, Status } from "./types";

/** Which executions; what is undefined does not matter. */
export type RunFilters = {
  projectId?: string;
  cardId?: string;
  command?: Command;
  agent?: string;
  status?: Status[];
  from?: string;
  to?: string;
};

export type RunPage = { items: Execution[]; nextCursor: string | null };
type Runs = InfiniteData<RunPage>;

const PAGE = 100;

const readRuns = (filters: RunFilters, cursor: string | null, signal?: AbortSignal): Promise<RunPage> =>
  answerOf(client.GET("/api/executions", { params: { query: { ...filters, limit: PAGE, cursor } }, signal }));

/** The executions of all cards, newest first. Read once; `readNewestRuns` brings it up to date. */
export function runsQuery(filters: RunFilters) {
  return infiniteQueryOptions({
    queryKey: ["runs", filters],
    queryFn: ({ pageParam, signal }) => readRuns(filters, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** `known` with what the newest page says: what it covers comes from it, older runs stay as they are. */
export function withNewest(known: Runs, newest: RunPage): Runs {
  const ids = new Set(newest.items.map(({ id }) => id));
  const old = known.pages.flatMap((page) => page.items);
  const last = newest.items.at(-1);
  const meets = newest.nextCursor === null || old.length === 0 || old.some(({ id }) => ids.has(id));
  // So much is new that there may be runs between the two: they are read on from here.
  if (!last || newest.nextCursor === null || !meets) return { pages: [newest], pageParams: [null] };
  const older = old.filter(({ id, createdAt }) => createdAt <= last.createdAt && !ids.has(id));
  const nextCursor = older.length > 0 ? (known.pages.at(-1)?.nextCursor ?? null) : newest.nextCursor;
  return { pages: [{ items: [...newest.items, ...older], nextCursor }], pageParams: [null] };
}

/** Whether a run may be one of those that are asked for: its status and its time are for the server to compare. */
export function concerns({ projectId, cardId, command, agent }: RunFilters, run: Execution): boolean {
  return (
    (projectId === undefined || projectId === run.projectId) &&
    (cardId === undefined || cardId === run.cardId) &&
    (command === undefined || command === run.command) &&
    (agent === undefined || agent === run.agent)
  );
}

/** `known` with these runs as they stand now, and without those of deleted cards. */
export function withChanged(
  known: Runs,
  changed: ReadonlyMap<string, Execution>,
  removed: ReadonlySet<string>,
): Runs {
  const itemsOf = (items: readonly Execution[]) =>
    items.filter(({ id }) => !removed.has(id)).map((run) => changed.get(run.id) ?? run);
  return { ...known, pages: known.pages.map((page) => ({ ...page, items: itemsOf(page.items) })) };
}

/** Reads the newest runs again and puts them before what is known. */
export async function readNewestRuns(queries: QueryClient, filters: RunFilters): Promise<void> {
  const { queryKey } = runsQuery(filters);
  if (!queries.getQueryData(queryKey)) return;
  const newest = await readRuns(filters, null);
  // A page that is being read would overwrite this with what it began with.
  await queries.cancelQueries({ queryKey });
  queries.setQueryData(queryKey, (known) => known && withNewest(known, newest));
}

/** Puts what is told of runs into the list of them. */
export function keepRuns(
  queries: QueryClient,
  filters: RunFilters,
  ...news: [changed: ReadonlyMap<string, Execution>, removed: ReadonlySet<string>]
): void {
  queries.setQueryData(runsQuery(filters).queryKey, (known) => known && withChanged(known, ...news));
}

/** Cards, results and log entries that have all words of `text`; a page may be short or empty, and still not the last. */
export function searchQuery(text: string, filters: Omit<RunFilters, "status">) {
  return infiniteQueryOptions({
    queryKey: ["search", text, filters],
    queryFn: ({ pageParam, signal }) =>
      answerOf(
        client.GET("/api/search", {
          params: { query: { ...filters, q: text, limit: 50, cursor: pageParam } },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    placeholderData: keepPreviousData,
  });
}

/** What the executions came to, by something they have in common. */
export function statisticsQuery(by: Grouping, filters: RunFilters) {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  return queryOptions({
    queryKey: ["statistics", by, filters],
    queryFn: ({ signal }) =>
      answerOf(client.GET("/api/stats", { params: { query: { ...filters, by, timeZone } }, signal })),
    placeholderData: keepPreviousData,
  });
}

export const readStatisticsAgain = (queries: QueryClient): Promise<void> =>
  queries.invalidateQueries({ queryKey: ["statistics"] });
