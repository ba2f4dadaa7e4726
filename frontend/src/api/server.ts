import { queryOptions } from "@tanstack/react-query";
import type { QueryClient } from "@tanstack/react-query";

import { Problem, answerOf, client } from "./client";

/** What the last start of the server found; null where nothing has started yet. Read again by whoever has a reason. */
export const recoveryQuery = queryOptions({
  queryKey: ["recovery"],
  queryFn: ({ signal }) =>
    answerOf(client.GET("/api/recovery", { signal })).catch((error: unknown) => {
      if (error instanceof Problem && error.status === 404) return null;
      throw error;
    }),
  staleTime: Number.POSITIVE_INFINITY,
});

/** Whether all is well with the server. */
export const healthQuery = queryOptions({
  queryKey: ["health"],
  queryFn: ({ signal }) => answerOf(client.GET("/api/health", { signal })),
  staleTime: Number.POSITIVE_INFINITY,
});

/** What the last sweep over old logs did; null where none has done anything yet. */
export const lastSweepQuery = queryOptions({
  queryKey: ["sweeps", "last"],
  queryFn: async ({ signal }) =>
    (await answerOf(client.GET("/api/sweeps", { params: { query: { limit: 1 } }, signal }))).items[0] ?? null,
  staleTime: Number.POSITIVE_INFINITY,
  // Soon again where it waits for a person: that person looks whether it does so still.
  refetchInterval: ({ state }) => (state.data?.waiting ? 10_000 : 300_000),
});

/** Where the data are and how much disk they take: counted anew for each look. */
export const storageQuery = queryOptions({
  queryKey: ["storage"],
  queryFn: ({ signal }) => answerOf(client.GET("/api/storage", { signal })),
  staleTime: 0,
});

/** The version of the server. */
export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: ({ signal }) => answerOf(client.GET("/api/session", { signal })),
});

/** The server may have been another one meanwhile: what it found, and how it is, are read again. */
export async function readServerAgain(queries: QueryClient): Promise<void> {
  await Promise.all([
    queries.invalidateQueries({ queryKey: recoveryQuery.queryKey }),
    queries.invalidateQueries({ queryKey: healthQuery.queryKey }),
    queries.invalidateQueries({ queryKey: lastSweepQuery.queryKey }),
  ]);
}

/** Reads the report again where it was not complete. */
export async function readOnRecovery(queries: QueryClient): Promise<void> {
  const known = queries.getQueryData(recoveryQuery.queryKey);
  if (known?.completedAt === null) await queries.invalidateQueries({ queryKey: recoveryQuery.queryKey });
}

/** A refusal with 5xx is the server's own trouble: asks it what is wrong. */
export async function askAfterRefusal(queries: QueryClient, error: Error): Promise<void> {
  if (error instanceof Problem && error.status >= 500) {
    await queries.invalidateQueries({ queryKey: healthQuery.queryKey });
  }
}
