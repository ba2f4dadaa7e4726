import { afterEach, beforeEach, expect, it, vi } from "vitest";

import type { Entry } from "@/api/types";

import { LiveClient } from "./live-client";

const CUTS = 200;
const SEED = 20261124;

/** The same numbers from 0 to 1 each time (mulberry32). */
function chanceFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const chance = chanceFrom(SEED);
const upTo = (most: number): number => Math.floor(chance() * (most + 1));

/** A log that grows, and the server that sends it from where a subscriber stands, in frames of any size. */
class Server {
  head = 0;
  readonly connections: Connection[] = [];

  readonly open = (): WebSocket => {
    this.connections.push(new Connection(this));
    return this.last as unknown as WebSocket;
  };

  get last(): Connection {
    const last = this.connections.at(-1);
    if (!last) throw new Error("nobody has connected");
    return last;
  }

  frame(after: number): { topic: string; entries: Entry[]; head: number } {
    const size = Math.min(this.head - after, 1 + upTo(6));
    const entries = Array.from({ length: size }, (_, index): Entry => {
      const sequence = after + index + 1;
      const timestamp = "2026-11-22T19:00:00.000Z";
      return { sequence, timestamp, type: "info", kind: "message", content: `line ${sequence}`, data: null };
    });
    return { topic: "execution:e", entries, head: this.head };
  }
}

/** A connection to it. What is under way when it is cut is lost. */
class Connection extends EventTarget {
  readyState = 0;
  private after: number | null = null;

  constructor(private readonly server: Server) {
    super();
  }

  accept(): void {
    this.readyState = 1;
    this.dispatchEvent(new Event("open"));
  }

  send(text: string): void {
    const message: { op: string; after?: number } = JSON.parse(text);
    if (message.op === "subscribe") this.after = message.after ?? 0;
    if (message.op === "unsubscribe") this.after = null;
  }

  /** Sends a frame, if there is something to be sent; now and then it begins with what was sent before. */
  deliver(): void {
    if (this.after === null || this.after >= this.server.head) return;
    const from = Math.max(0, this.after - (upTo(3) === 0 ? 3 : 0));
    const frame = this.server.frame(from);
    this.after = from + frame.entries.length;
    this.dispatchEvent(new MessageEvent("message", { data: JSON.stringify(frame) }));
  }

  close(): void {
    if (this.readyState === 3) return;
    this.readyState = 3;
    this.dispatchEvent(new Event("close"));
  }
}

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

it(`gives each entry once and in order over ${CUTS} cuts, seed ${SEED}`, () => {
  const server = new Server();
  const client = new LiveClient(server.open, chance);
  const seen: number[] = [];
  const gaps: unknown[] = [];
  const stop = client.subscribeExecution("e", {
    after: 0,
    onEntries: (entries) => seen.push(...entries.map(({ sequence }) => sequence)),
    onGap: (...gap) => gaps.push(gap),
  });

  for (let cuts = 0; cuts < CUTS; cuts++) {
    const connection = server.last;
    // Some are refused, some are cut before the first frame.
    if (upTo(9) > 0) connection.accept();
    for (let frames = upTo(5); connection.readyState === 1 && frames > 0; frames--) {
      server.head += upTo(9);
      connection.deliver();
    }
    connection.close();
    vi.advanceTimersByTime(5_000);
    expect(server.connections).toHaveLength(cuts + 2);
  }

  server.last.accept();
  for (let frames = 0; frames < server.head && seen.at(-1) !== server.head; frames++) server.last.deliver();
  expect(seen).toEqual(Array.from({ length: server.head }, (_, index) => index + 1));
  expect(server.head).toBeGreaterThan(1_000);
  expect(gaps).toEqual([]);
  stop();
});
