import { useEffect, useRef, useState } from "react";

import { Problem } from "@/api/client";
import type { Filter, Wanted } from "@/api/logs";

import type { LogSource } from "../entries/log-source";
import { countAll } from "../search/steps";

export const ERRORS: Wanted = { type: ["error"] };
export const QUESTIONS: Wanted = { kind: ["request"] };

/** So many parts of the rail can have a tick of their own. */
export const TICKS = 200;
/** A log that grows is counted again after a while, not with each of its entries. */
const AGAIN_MS = 2_000;

export type Matches = {
  total: number;
  /** How many matches each of the parts of the log has. */
  buckets: readonly number[];
  /** The whole log has been searched. */
  complete: boolean;
};

const NO_MATCHES: Matches = { total: 0, buckets: [], complete: true };
const WAITING: Matches = { ...NO_MATCHES, complete: false };

/** Counts the matches, and again as the log grows; at most once in a while. */
class Counting {
  private readonly controller = new AbortController();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private counted = -1;
  private busy = false;
  private head = 0;
  private known = WAITING;

  constructor(
    private readonly source: LogSource,
    private readonly wanted: Wanted,
    private readonly among: Filter,
    private readonly onCount: (matches: Matches) => void,
  ) {}

  /** Learns that the log reaches to `head`. */
  grow(head: number): void {
    this.head = head;
    if (this.busy || this.timer !== undefined || this.counted >= head) return;
    if (this.counted < 0) void this.count();
    else this.timer = setTimeout(() => void this.count(), AGAIN_MS);
  }

  stop(): void {
    clearTimeout(this.timer);
    this.controller.abort();
  }

  private async count(): Promise<void> {
    this.timer = undefined;
    this.busy = true;
    const head = this.head;
    const parts = { buckets: TICKS, among: this.among };
    let again = false;
    try {
      await countAll(this.source.find, this.wanted, parts, this.controller.signal, (found) => {
        this.counted = found.headSequence;
        const { total, buckets } = found;
        this.tell({ total, buckets, complete: found.searchedTo >= found.headSequence });
      });
    } catch (error) {
      // The log's own calls say what is wrong. What was refused is refused again; anything else may be over soon.
      again = !(error instanceof Problem && error.status >= 400 && error.status < 500);
      this.counted = 0;
      this.tell({ ...this.known, complete: !again });
    }
    this.busy = false;
    if (this.controller.signal.aborted) return;
    // What came in the meantime may have been the last.
    if (again || this.head > head) this.timer = setTimeout(() => void this.count(), AGAIN_MS);
  }

  private tell(matches: Matches): void {
    if (this.controller.signal.aborted) return;
    this.known = matches;
    this.onCount(matches);
  }
}

/**
 * How many matches there are and where among these entries, kept up to date as the log grows. Nothing is asked while it
 * does not. Keep `wanted` and `among` the same objects.
 */
export function useMatches(source: LogSource, wanted: Wanted | null, among: Filter, head: number): Matches {
  const [known, setKnown] = useState({ wanted, matches: NO_MATCHES });
  const counting = useRef<Counting | null>(null);
  const latestHead = useRef(head);
  useEffect(() => {
    if (!wanted) return undefined;
    const started = new Counting(source, wanted, among, (matches) => setKnown({ wanted, matches }));
    counting.current = started;
    started.grow(latestHead.current);
    return () => {
      started.stop();
      counting.current = null;
    };
  }, [source, wanted, among]);
  useEffect(() => {
    latestHead.current = head;
    counting.current?.grow(head);
  }, [head]);
  if (!wanted) return NO_MATCHES;
  return known.wanted === wanted && known.matches !== NO_MATCHES ? known.matches : WAITING;
}
