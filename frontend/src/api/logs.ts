import { answerOf, client } from "./client";
import type { Entry, LogPage } from "./types";

/** A page of a log: up to `limit` entries after a sequence, before one, or the last `tail`. */
export type LogRange =
  | { after: number; limit?: number }
  | { before: number; limit?: number }
  | { tail: number };

export function fetchLogPage(executionId: string, range: LogRange, signal?: AbortSignal): Promise<LogPage> {
  const params = { path: { execution_id: executionId }, query: range };
  return answerOf(client.GET("/api/executions/{execution_id}/logs", { params, signal }));
}

/** One entry with its whole content (in pages and frames a content above 64 KiB is cut). */
export function fetchWholeEntry(executionId: string, sequence: number, signal?: AbortSignal): Promise<Entry> {
  const params = { path: { execution_id: executionId, sequence } };
  return answerOf(client.GET("/api/executions/{execution_id}/logs/{sequence}", { params, signal }));
}
