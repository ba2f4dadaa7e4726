import type { MatchRange, Wanted } from "@/api/logs";
import type { LogMatches } from "@/api/types";

import type { LogSource } from "../entries/log-source";

/** One match: it is the n-th, and stands in this line. */
export type Step = { n: number; line: number };

type Find = LogSource["find"];

/** The first match in a line after `line`, or null. */
export async function stepAfter(
  find: Find,
  wanted: Wanted,
  line: number,
  signal?: AbortSignal,
): Promise<Step | null> {
  const { before, items } = await find(wanted, { after: line, limit: 1 }, signal);
  return items[0] ? { n: before + 1, line: items[0].sequence } : null;
}

/** The last match in a line before `line`, or null. */
export async function stepBefore(
  find: Find,
  wanted: Wanted,
  line: number,
  signal?: AbortSignal,
): Promise<Step | null> {
  const { before } = await find(wanted, { after: Math.max(0, line - 1), limit: 0 }, signal);
  return before > 0 ? stepTo(find, wanted, before, signal) : null;
}

/** The n-th match, or null. */
export async function stepTo(
  find: Find,
  wanted: Wanted,
  n: number,
  signal?: AbortSignal,
): Promise<Step | null> {
  const { nth } = await find(wanted, { n, limit: 0 }, signal);
  return nth?.sequence == null ? null : { n, line: nth.sequence };
}

/** Counts on until the whole log has been searched; `onCount` hears of each stage. The buckets are those of `parts`. */
export async function countAll(
  find: Find,
  wanted: Wanted,
  parts: Pick<MatchRange, "buckets" | "among">,
  signal: AbortSignal,
  onCount: (matches: LogMatches) => void,
): Promise<void> {
  for (let searched = -1; ;) {
    // The server searches for a second at most; asked again, it goes on where it stood.
    // oxlint-disable-next-line no-await-in-loop
    const matches = await find(wanted, { limit: 0, ...parts }, signal);
    if (signal.aborted) return;
    onCount(matches);
    if (matches.searchedTo >= matches.headSequence || matches.searchedTo <= searched) return;
    searched = matches.searchedTo;
  }
}
