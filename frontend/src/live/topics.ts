import type { Card, Entry, Execution } from "@/api/types";

import { readFrom } from "./cursor";

export type ExecutionSubscriber = {
  /** The last sequence the reader has: entries come from the next one. */
  after: number;
  /** Entries in order, each once, without a gap. */
  onEntries?: (entries: readonly Entry[]) => void;
  /** The execution's state: at once after subscribing, then at each change of status or request. */
  onExecution?: (execution: Execution) => void;
  /** Entries that the server no longer has (retention); reading goes on behind them. */
  onGap?: (from: number, to: number) => void;
};

export type BoardSubscriber = {
  /** The whole board: after subscribing and after each reconnection. */
  onSnapshot: (cards: readonly Card[]) => void;
  onChange: (changed: readonly Card[], removed: readonly string[]) => void;
};

export type RunsSubscriber = {
  /** The runs that need somebody, and the server's time: after subscribing and after each reconnection. */
  onNeedy: (runs: readonly Execution[], at: string) => void;
  onChange: (changed: readonly Execution[], removed: readonly string[]) => void;
};

/** What the server sends. */
export type Frame = {
  topic?: string;
  entries?: Entry[];
  head?: number;
  execution?: Execution;
  snapshot?: Card[];
  cards?: Card[];
  removed?: string[];
  needy?: Execution[];
  at?: string;
  executions?: Execution[];
  pong?: boolean;
  error?: string;
};

/** A subscription to one topic that any number of readers share. */
export interface Topic {
  readonly name: string;
  readonly empty: boolean;
  /** The message that (re)opens the topic where its readers stand. */
  subscribeMessage(): Record<string, unknown>;
  /** Hands a frame to the readers; true asks for the topic to be opened again at the cursor. */
  receive(frame: Frame): boolean;
}

export class BoardTopic implements Topic {
  readonly subscribers = new Set<BoardSubscriber>();

  constructor(readonly name: string) {}

  get empty(): boolean {
    return this.subscribers.size === 0;
  }

  subscribeMessage(): Record<string, unknown> {
    return { op: "subscribe", topic: this.name };
  }

  receive(frame: Frame): boolean {
    for (const subscriber of this.subscribers) {
      if (frame.snapshot) subscriber.onSnapshot(frame.snapshot);
      if (frame.cards || frame.removed) subscriber.onChange(frame.cards ?? [], frame.removed ?? []);
    }
    return false;
  }
}

/** All runs of all projects: those that need somebody, then each change of a run's state. */
export class RunsTopic implements Topic {
  readonly subscribers = new Set<RunsSubscriber>();

  constructor(readonly name: string) {}

  get empty(): boolean {
    return this.subscribers.size === 0;
  }

  subscribeMessage(): Record<string, unknown> {
    return { op: "subscribe", topic: this.name };
  }

  receive(frame: Frame): boolean {
    for (const subscriber of this.subscribers) {
      if (frame.needy) subscriber.onNeedy(frame.needy, frame.at ?? "");
      if (frame.executions) subscriber.onChange(frame.executions, frame.removed ?? []);
    }
    return false;
  }
}

type Reader = ExecutionSubscriber & { cursor: number };

export class ExecutionTopic implements Topic {
  private readonly readers = new Set<Reader>();
  private head = 0;
  // The gap we already asked the server to fill. Seen a second time, the entries are gone for good.
  private askedFor: number | null = null;

  constructor(readonly name: string) {}

  get empty(): boolean {
    return this.readers.size === 0;
  }

  /** The last sequence that every reader of entries has. */
  get cursor(): number {
    const cursors = [...this.readers].filter((reader) => reader.onEntries).map((reader) => reader.cursor);
    if (cursors.length > 0) return Math.min(...cursors);
    return Math.max(this.head, ...[...this.readers].map((reader) => reader.after));
  }

  add(subscriber: ExecutionSubscriber): () => void {
    const reader: Reader = { ...subscriber, cursor: subscriber.after };
    this.readers.add(reader);
    this.askedFor = null;
    return () => void this.readers.delete(reader);
  }

  subscribeMessage(): Record<string, unknown> {
    return { op: "subscribe", topic: this.name, after: this.cursor };
  }

  receive(frame: Frame): boolean {
    if (frame.execution) {
      this.head = Math.max(this.head, frame.execution.headSequence);
      for (const reader of this.readers) reader.onExecution?.(frame.execution);
    }
    if (!frame.entries) return false;
    this.head = Math.max(this.head, frame.head ?? 0, frame.entries.at(-1)?.sequence ?? 0);
    let reopen = false;
    for (const reader of this.readers) reopen = this.hand(reader, frame.entries) || reopen;
    return reopen;
  }

  private hand(reader: Reader, entries: readonly Entry[]): boolean {
    if (!reader.onEntries) return false;
    let reading = readFrom(reader.cursor, entries);
    if (reading.kind === "gap") {
      if (this.askedFor !== reading.from) {
        this.askedFor = reading.from;
        return true;
      }
      reader.onGap?.(reading.from, reading.to);
      reader.cursor = reading.to;
      reading = readFrom(reader.cursor, entries);
    }
    if (reading.kind !== "entries") return false;
    this.askedFor = null;
    reader.cursor = reading.cursor;
    reader.onEntries(reading.entries);
    return false;
  }
}
