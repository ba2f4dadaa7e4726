import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import type { Card, Entry } from "@/api/types";

import { LiveClient } from "./live-client";
import { backoff } from "./live-socket";

/** A socket of which the test is the server. */
class FakeSocket extends EventTarget {
  static readonly OPEN = 1;
  readyState = 0;
  readonly sent: Record<string, unknown>[] = [];

  accept(): void {
    this.readyState = 1;
    this.dispatchEvent(new Event("open"));
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }

  say(frame: unknown): void {
    this.dispatchEvent(new MessageEvent("message", { data: JSON.stringify(frame) }));
  }

  close(): void {
    if (this.readyState === 3) return;
    this.readyState = 3;
    this.dispatchEvent(new Event("close"));
  }
}

const entries = (from: number, to: number): Entry[] =>
  Array.from({ length: to - from + 1 }, (_, index) => ({
    sequence: from + index,
    timestamp: "2026-11-22T19:00:00.000Z",
    type: "info",
    kind: "message",
    content: `line ${from + index}`,
    data: null,
  }));

const frame = (from: number, to: number) => ({ topic: "execution:e", entries: entries(from, to), head: to });

let sockets: FakeSocket[];
let client: LiveClient;

function socket(): FakeSocket {
  const last = sockets.at(-1);
  if (!last) throw new Error("no socket was opened");
  return last;
}

function read(after: number) {
  const seen: number[] = [];
  const gaps: [number, number][] = [];
  const stop = client.subscribeExecution("e", {
    after,
    onEntries: (news) => seen.push(...news.map(({ sequence }) => sequence)),
    onGap: (from, to) => gaps.push([from, to]),
  });
  return { seen, gaps, stop };
}

beforeEach(() => {
  vi.useFakeTimers();
  sockets = [];
  client = new LiveClient(
    () => {
      const next = new FakeSocket();
      sockets.push(next);
      return next as unknown as WebSocket;
    },
    () => 0,
  );
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("a reader of an execution", () => {
  it("asks from its cursor and gets each entry once and in order", () => {
    const { seen } = read(2);
    socket().accept();
    expect(socket().sent).toEqual([{ op: "subscribe", topic: "execution:e", after: 2 }]);
    socket().say(frame(3, 5));
    socket().say(frame(4, 6));
    socket().say(frame(1, 6));
    expect(seen).toEqual([3, 4, 5, 6]);
  });

  it("resumes at its cursor after a lost connection", () => {
    const { seen } = read(0);
    socket().accept();
    socket().say(frame(1, 3));
    socket().close();
    expect(client.status.state).toBe("reconnecting");
    expect(client.cursorOf("e")).toBe(3);
    vi.advanceTimersByTime(250);
    socket().accept();
    expect(sockets).toHaveLength(2);
    expect(socket().sent).toEqual([{ op: "subscribe", topic: "execution:e", after: 3 }]);
    socket().say(frame(4, 5));
    expect(seen).toEqual([1, 2, 3, 4, 5]);
    expect(client.status.state).toBe("live");
  });

  it("asks again when a frame leaves a gap, and reads none of it until the gap is filled", () => {
    const { seen } = read(0);
    socket().accept();
    socket().say(frame(1, 2));
    socket().say(frame(5, 6));
    expect(seen).toEqual([1, 2]);
    expect(socket().sent.at(-1)).toEqual({ op: "subscribe", topic: "execution:e", after: 2 });
    socket().say(frame(3, 6));
    expect(seen).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it("is told when the server no longer has the entries, and reads on behind them", () => {
    const { seen, gaps } = read(0);
    socket().accept();
    socket().say(frame(5, 6));
    socket().say(frame(5, 6));
    expect(gaps).toEqual([[1, 4]]);
    expect(seen).toEqual([5, 6]);
  });

  it("is not disturbed by a second one that starts earlier", () => {
    const first = read(4);
    socket().accept();
    socket().say(frame(5, 5));
    const second = read(1);
    expect(socket().sent.at(-1)).toEqual({ op: "subscribe", topic: "execution:e", after: 1 });
    socket().say(frame(2, 6));
    expect(first.seen).toEqual([5, 6]);
    expect(second.seen).toEqual([2, 3, 4, 5, 6]);
  });
});

describe("a reader of a board", () => {
  it("gets a snapshot, changes, and a new snapshot after a lost connection", () => {
    const snapshots: number[] = [];
    const changes: string[][] = [];
    client.subscribeBoard("p", {
      onSnapshot: (cards) => snapshots.push(cards.length),
      onChange: (cards, removed) => changes.push([...cards.map(({ id }) => id), ...removed]),
    });
    socket().accept();
    socket().say({ topic: "board:p", snapshot: [{ id: "a" } as Card] });
    socket().say({ topic: "board:p", cards: [{ id: "b" } as Card], removed: ["a"] });
    socket().close();
    vi.advanceTimersByTime(250);
    socket().accept();
    expect(socket().sent).toEqual([{ op: "subscribe", topic: "board:p" }]);
    socket().say({ topic: "board:p", snapshot: [] });
    expect(snapshots).toEqual([1, 0]);
    expect(changes).toEqual([["b", "a"]]);
  });
});

describe("the connection", () => {
  it("waits 0.25 s, then twice as long each time, up to 5 s", () => {
    expect([0, 1, 2, 3, 4, 5, 9].map((attempt) => backoff(attempt, 0))).toEqual([
      250, 500, 1_000, 2_000, 4_000, 5_000, 5_000,
    ]);
    expect(backoff(9, 1)).toBe(2_500);
  });

  it("says offline when the server stays away, and live again when it is back", () => {
    read(0);
    socket().accept();
    for (let attempt = 0; attempt < 6; attempt += 1) {
      socket().close();
      vi.advanceTimersByTime(5_000);
    }
    expect(client.status.state).toBe("offline");
    expect(client.status.lostAt).not.toBeNull();
    socket().accept();
    expect(client.status).toEqual({ state: "live", lostAt: null });
  });

  it("comes back at once when the network does", () => {
    read(0);
    socket().accept();
    for (let attempt = 0; attempt < 6; attempt += 1) {
      socket().close();
      vi.advanceTimersByTime(5_000);
    }
    socket().close();
    const before = sockets.length;
    window.dispatchEvent(new Event("online"));
    expect(sockets).toHaveLength(before + 1);
  });

  it("is given up when a silent server does not answer a ping", () => {
    read(0);
    socket().accept();
    vi.advanceTimersByTime(25_000);
    expect(socket().sent.at(-1)).toEqual({ op: "ping" });
    socket().say({ pong: true });
    vi.advanceTimersByTime(24_000);
    expect(client.status.state).toBe("live");
    vi.advanceTimersByTime(1_000 + 5_000);
    expect(client.status.state).toBe("reconnecting");
  });

  it("is doubted after a sleep, in which no timer runs", () => {
    read(0);
    socket().accept();
    vi.setSystemTime(Date.now() + 3_600_000);
    vi.advanceTimersByTime(5_000);
    expect(socket().sent.at(-1)).toEqual({ op: "ping" });
    vi.advanceTimersByTime(5_000);
    expect(client.status.state).toBe("reconnecting");
  });

  it("is tried again where an attempt hangs, and at once when the network is back", () => {
    read(0);
    vi.advanceTimersByTime(10_000 + 250);
    expect(sockets[0]?.readyState).toBe(3);
    const hangs = socket();
    expect(hangs).not.toBe(sockets[0]);
    window.dispatchEvent(new Event("online"));
    expect(hangs.readyState).toBe(3);
    socket().accept();
    expect(client.status.state).toBe("live");
  });

  it("is one for all topics, and is closed when nobody reads", () => {
    const { stop } = read(0);
    socket().accept();
    const leave = client.subscribeBoard("p", { onSnapshot: () => {}, onChange: () => {} });
    expect(sockets).toHaveLength(1);
    stop();
    leave();
    expect(socket().sent.slice(-2)).toEqual([
      { op: "unsubscribe", topic: "execution:e" },
      { op: "unsubscribe", topic: "board:p" },
    ]);
    vi.advanceTimersByTime(2_000);
    expect(socket().readyState).toBe(3);
    vi.advanceTimersByTime(60_000);
    expect(sockets).toHaveLength(1);
  });
});
