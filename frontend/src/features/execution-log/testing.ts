import type { Entry } from "@/api/types";

import type { LogSource } from "./log-source";

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

/** A log that answers from memory, and to which entries can be added live. */
export class MemorySource implements LogSource {
  readonly calls: string[] = [];
  /** Runs before each page call; what it throws is the answer. */
  before: () => Promise<void> = async () => {};
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

  follow = (after: number, onEntries: (entries: readonly Entry[]) => void) => {
    this.calls.push(`follow ${after}`);
    this.listener = onEntries;
    return () => {
      this.listener = null;
    };
  };

  /** Adds `count` entries and hands them over as the live connection does. */
  append(count: number): void {
    const first = this.head + 1;
    this.head += count;
    this.listener?.(Array.from({ length: count }, (_, index) => this.make(first + index)));
  }
}
