import { fetchLogPage, fetchMatching, fetchText, fetchWholeEntry, searchLog } from "@/api/logs";
import type { Filter, MatchRange, Wanted } from "@/api/logs";
import type { Entry, LogMatches, LogPage, MatchingEntries } from "@/api/types";
import { liveClient } from "@/live/live-client";

/**
 * What a log view reads: entries at the places 1 to head, without a gap. Of a whole log the place is the sequence; of a
 * filtered one it counts the entries that are shown.
 */
export type EntrySource = {
  placeOf: (entry: Entry) => number;
  /** The place of a line, or of the next one that is shown. */
  placeAt: (line: number) => number | Promise<number>;
  /** Every place is the line of this number. */
  whole: boolean;
  readTail: (limit: number, signal: AbortSignal) => Promise<LogPage>;
  readAfter: (after: number, limit: number, signal: AbortSignal) => Promise<LogPage>;
  /** One entry whose content was cut on the wire, whole. */
  readWhole: (sequence: number, signal: AbortSignal) => Promise<Entry>;
  /** Entries from `after + 1` on as they come, across lost connections; returns the way to stop it. */
  follow: (after: number, onEntries: (entries: readonly Entry[]) => void) => () => void;
};

/** Where the log of one execution comes from. */
export type LogSource = EntrySource & {
  /** The matches in the whole log, as far as they are counted. */
  find: (wanted: Wanted, range: MatchRange, signal?: AbortSignal) => Promise<LogMatches>;
  /** Entries of some types and kinds by their place among themselves. */
  readMatching: (
    filter: Filter,
    range: { skip: number; limit: number },
    signal?: AbortSignal,
  ) => Promise<MatchingEntries>;
  /** What these lines say, whole; null where it is more than `most` characters. */
  readText: (
    lines: { first: number; last: number; most: number },
    signal: AbortSignal,
  ) => Promise<string | null>;
};

export function sourceOf(executionId: string): LogSource {
  return {
    placeOf: (entry) => entry.sequence,
    placeAt: (line) => line,
    whole: true,
    readTail: (limit, signal) => fetchLogPage(executionId, { tail: limit }, signal),
    readAfter: (after, limit, signal) => fetchLogPage(executionId, { after, limit }, signal),
    readWhole: (sequence, signal) => fetchWholeEntry(executionId, sequence, signal),
    readMatching: (filter, range, signal) => fetchMatching(executionId, filter, range, signal),
    readText: (lines, signal) => fetchText(executionId, lines, signal),
    find: (wanted, range, signal) => searchLog(executionId, wanted, range, signal),
    follow: (after, onEntries) => liveClient.subscribeExecution(executionId, { after, onEntries }),
  };
}
