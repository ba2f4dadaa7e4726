import type { Filter, MatchRange, Wanted } from "@/api/logs";
import type { Entry } from "@/api/types";

import type { LogSource } from "./entries/log-source";

/** An entry for tests; its content names its sequence. */
export function entryOf(sequence: number, rest: Partial<Entry> = {}): Entry {
  return {
    sequence,
    timestamp: "2026-11-22T19:36:00.123Z",
    type: "info",
    kind: "message",
    content: `line ${sequence}`,
    data: null,
    ...rest,
  };
}

/** The entries from `first` to `last`. */
export function entriesOf(first: number, last: number): Entry[] {
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => entryOf(first + index));
}

/** A longer log is not searched further: it would take its time in every test. */
const SEARCHED = 20_000;

/** How many of `found` each of the parts of `among` has. */
function bucketsOf(found: readonly Entry[], parts: number, among: readonly Entry[]): number[] {
  const counts = Array.from({ length: parts }, () => 0);
  for (const entry of found) {
    const part = Math.ceil(((among.indexOf(entry) + 1) * parts) / among.length) - 1;
    counts[part] = (counts[part] ?? 0) + 1;
  }
  return counts;
}

const passes = (entry: Entry, { type = [], kind = [] }: Filter): boolean =>
  (type.length === 0 || type.includes(entry.type)) && (kind.length === 0 || kind.includes(entry.kind));

/** A log that answers from memory, and to which entries can be added live. */
export class MemorySource implements LogSource {
  readonly calls: string[] = [];
  readonly searches: string[] = [];
  /** Runs before each page call; what it throws is the answer. */
  before: () => Promise<void> = async () => {};
  readonly whole = true;
  private listener: ((entries: readonly Entry[]) => void) | null = null;

  constructor(
    public head: number,
    private readonly make: (sequence: number) => Entry = entryOf,
  ) {}

  private page(first: number, last: number) {
    const logs = Array.from({ length: Math.max(0, last - first + 1) }, (_, index) =>
      this.make(first + index),
    );
    return {
      executionId: "e",
      status: "running" as const,
      firstSequence: 1,
      headSequence: this.head,
      logs,
      nextAfter: last < this.head ? last : null,
      logRemovedAt: null,
    };
  }

  placeOf = (entry: Entry) => entry.sequence;
  placeAt = (line: number) => line;

  readMatching = async (filter: Filter, { skip, limit }: { skip: number; limit: number }) => {
    this.calls.push(`matching ${skip} ${limit}`);
    const { total, items, searchedTo, headSequence } = await this.find(filter, { limit: Infinity });
    return { executionId: "e", headSequence, searchedTo, total, logs: items.slice(skip, skip + limit) };
  };

  readTail = async (limit: number) => {
    this.calls.push(`tail ${limit}`);
    await this.before();
    return this.page(Math.max(1, this.head - limit + 1), this.head);
  };

  readAfter = async (after: number, limit: number, signal: AbortSignal) => {
    this.calls.push(`after ${after} ${limit}`);
    await this.before();
    signal.throwIfAborted();
    return this.page(after + 1, Math.min(this.head, after + limit));
  };

  readWhole = async (sequence: number) => {
    this.calls.push(`whole ${sequence}`);
    return { ...this.make(sequence), content: `all of ${sequence}`, data: null };
  };

  readText = async ({ first, last, most }: { first: number; last: number; most: number }) => {
    this.calls.push(`text ${first} ${last}`);
    const said = this.page(first, last).logs.map(({ content }) => `${content}\n`);
    const text = said.join("");
    return text.length > most ? null : text;
  };

  find = async (wanted: Wanted, range: MatchRange) => {
    const { after = 0, limit = 100, n, buckets = 0, among = {} } = range;
    this.searches.push(String(wanted.q ?? wanted.type ?? wanted.kind));
    const all = Array.from({ length: Math.min(this.head, SEARCHED) }, (_, index) => this.make(index + 1));
    const found = all.filter((entry) => passes(entry, wanted) && entry.content.includes(wanted.q ?? ""));
    const items = found.filter(({ sequence }) => sequence > after).slice(0, limit);
    return {
      executionId: "e",
      headSequence: this.head,
      searchedTo: this.head,
      total: found.length,
      before: found.filter(({ sequence }) => sequence <= after).length,
      items,
      nextAfter: null,
      nth: n === undefined ? null : { n, sequence: found[n - 1]?.sequence ?? null },
      buckets: bucketsOf(
        found,
        buckets,
        all.filter((entry) => passes(entry, among)),
      ),
      logRemovedAt: null,
    };
  };

  follow = (after: number, onEntries: (entries: readonly Entry[]) => void) => {
    this.calls.push(`follow ${after}`);
    this.listener = onEntries;
    return () => {
      this.listener = null;
    };
  };

  /** Hands these entries over as the live connection does. */
  send(entries: readonly Entry[]): void {
    this.listener?.(entries);
  }

  /** Adds `count` entries and hands them over as the live connection does. */
  append(count: number): void {
    const first = this.head + 1;
    this.head += count;
    this.send(Array.from({ length: count }, (_, index) => this.make(first + index)));
  }
}
