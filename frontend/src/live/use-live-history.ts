import { useQueryClient } from "@tanstack/react-query";
import type { QueryClient } from "@tanstack/react-query";
import { useEffect } from "react";

import { concerns, keepRuns, readNewestRuns, readStatisticsAgain } from "@/api/history";
import type { RunFilters } from "@/api/history";
import type { Execution } from "@/api/types";

import { liveClient } from "./live-client";

/** However much goes on, the list hears of it once in so many ms. */
const BUNDLE_MS = 400;

function followRuns(client: QueryClient, filters: RunFilters): () => void {
  let changed = new Map<string, Execution>();
  let removed = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tell = () => {
    keepRuns(client, filters, changed, removed);
    changed = new Map();
    removed = new Set();
    timer = undefined;
    // Without an answer the connection is lost too: its return brings the runs in need, and with them another look.
    void readNewestRuns(client, filters).catch(() => {});
    void readStatisticsAgain(client);
  };
  const soon = () => {
    timer ??= setTimeout(tell, BUNDLE_MS);
  };
  const stop = liveClient.subscribeRuns({
    onNeedy: soon,
    onChange: (runs, gone) => {
      const ours = runs.filter((run) => concerns(filters, run));
      for (const run of ours) changed.set(run.id, run);
      for (const id of gone) removed.add(id);
      if (ours.length + gone.length > 0) soon();
    },
  });
  return () => {
    clearTimeout(timer);
    stop();
  };
}

/**
 * Keeps the list of runs, and what they came to, up to date: how a run stands is told, which ones belong to the list the
 * server is asked for.
 */
export function useLiveHistory(filters: RunFilters): void {
  const client = useQueryClient();
  useEffect(() => followRuns(client, filters), [client, filters]);
}
