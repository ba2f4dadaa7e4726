import { api } from "./client";
import type { Entry, LogPage } from "./types";

/** A page of a log: up to `limit` entries after a sequence, before one, or the last `tail`. */
export type LogRange = { after: number; limit?: number } | { before: number; limit?: number } | { tail: number };

export function fetchLogPage(executionId: string, range: LogRange, signal?: AbortSignal): Promise<LogPage> {
  return api.get<LogPage>(`/api/executions/${executionId}/logs`, { ...range }, signal);
}

/** One entry with its whole content (in pages and frames a content above 64 KiB is cut). */
export function fetchWholeEntry(executionId: string, sequence: number, signal?: AbortSignal): Promise<Entry> {
  return api.get<Entry>(`/api/executions/${executionId}/logs/${sequence}`, {}, signal);
}
