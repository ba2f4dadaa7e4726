import type { Filter } from "@/api/logs";
import type { Entry, LogPage } from "@/api/types";

import type { EntrySource, LogSource } from "./log-source";

/**
 * The entries of a log that a filter lets through, by their place among themselves. Which they are is known to the
 * server alone: the page reads them piece by piece as it reads a whole log, and counts on by what comes live.
 */
export class FilteredSource implements EntrySource {
  readonly whole = false;
  private readonly places = new WeakMap<Entry, number>();
  /** So many entries are let through up to the line `reached`. */
  private total = 0;
  private reached = 0;

  constructor(
    private readonly source: LogSource,
    private readonly filter: Filter,
  ) {}

  placeOf = (entry: Entry): number => this.places.get(entry) ?? 0;

  placeAt = async (line: number): Promise<number> => {
    const { before, total } = await this.source.find(this.filter, { after: Math.max(0, line - 1), limit: 0 });
    return Math.max(1, Math.min(before + 1, total));
  };

  readTail = async (limit: number, signal: AbortSignal): Promise<LogPage> => {
    await this.count(signal);
    return this.read(Math.max(0, this.total - limit), limit, signal);
  };

  readAfter = (after: number, limit: number, signal: AbortSignal): Promise<LogPage> =>
    this.read(after, limit, signal);

  readWhole = (sequence: number, signal: AbortSignal): Promise<Entry> =>
    this.source.readWhole(sequence, signal);

  /** `after` is a place; the live entries go on from the line up to which has been counted. */
  follow = (_after: number, onEntries: (entries: readonly Entry[]) => void): (() => void) => {
    const controller = new AbortController();
    let counting = false;
    const recount = async () => {
      counting = true;
      try {
        await this.count(controller.signal);
        // The last one tells how far it goes; what is before it is read as a page when it is seen.
        const { logs } = await this.read(Math.max(0, this.total - 1), 1, controller.signal);
        if (!controller.signal.aborted) onEntries(logs);
      } catch {
        // The next entries have it counted again.
      }
      counting = false;
    };
    const stop = this.source.follow(this.reached, (entries) => {
      if (counting) return;
      const fresh = entries.filter(({ sequence }) => sequence > this.reached);
      const first = this.reached + 1;
      const gap = fresh.some(({ sequence }, index) => sequence !== first + index);
      if (gap) void recount();
      else onEntries(fresh.filter((entry) => this.take(entry)));
    });
    return () => {
      controller.abort();
      stop();
    };
  };

  private take(entry: Entry): boolean {
    this.reached = entry.sequence;
    const { type, kind } = this.filter;
    if ((type && !type.includes(entry.type)) || (kind && !kind.includes(entry.kind))) return false;
    this.total += 1;
    this.places.set(entry, this.total);
    return true;
  }

  private async count(signal: AbortSignal): Promise<void> {
    for (let searched = -1; ;) {
      // The server counts for a second at most; asked again, it goes on where it stood.
      // oxlint-disable-next-line no-await-in-loop
      const found = await this.source.readMatching(this.filter, { skip: 0, limit: 0 }, signal);
      this.total = found.total;
      this.reached = found.searchedTo;
      if (found.searchedTo >= found.headSequence || found.searchedTo <= searched) return;
      searched = found.searchedTo;
    }
  }

  private async read(skip: number, limit: number, signal: AbortSignal): Promise<LogPage> {
    const { executionId, logs } = await this.source.readMatching(this.filter, { skip, limit }, signal);
    // What was stored after the count comes live.
    const counted = logs.slice(0, Math.max(0, this.total - skip));
    counted.forEach((entry, index) => this.places.set(entry, skip + index + 1));
    return {
      executionId,
      status: "running",
      firstSequence: 1,
      headSequence: this.total,
      logs: counted,
      nextAfter: null,
      logRemovedAt: null,
    };
  }
}
