import { fetchLogPage, fetchWholeEntry } from "@/api/logs";
import type { Entry, LogPage } from "@/api/types";
import { liveClient } from "@/live/live-client";

/** Where the log of one execution comes from. */
export type LogSource = {
  readTail: (limit: number, signal: AbortSignal) => Promise<LogPage>;
  readAfter: (after: number, limit: number, signal: AbortSignal) => Promise<LogPage>;
  /** One entry whose content was cut on the wire, whole. */
  readWhole: (sequence: number, signal: AbortSignal) => Promise<Entry>;
  /** Entries from `after + 1` on as they come, across lost connections; returns the way to stop it. */
  follow: (after: number, onEntries: (entries: readonly Entry[]) => void) => () => void;
};

export function sourceOf(executionId: string): LogSource {
  return {
    readTail: (limit, signal) => fetchLogPage(executionId, { tail: limit }, signal),
    readAfter: (after, limit, signal) => fetchLogPage(executionId, { after, limit }, signal),
    readWhole: (sequence, signal) => fetchWholeEntry(executionId, sequence, signal),
    follow: (after, onEntries) => liveClient.subscribeExecution(executionId, { after, onEntries }),
  };
}
