import { afterEach, describe, expect, it, vi } from "vitest";

import { LogBuffer, PAGES_KEPT, PAGE_SIZE } from "./log-buffer";
import { entriesOf, entryOf } from "../testing";

const atOnce = (notify: () => void) => notify();

function bufferAt(head: number): LogBuffer {
  const buffer = new LogBuffer(atOnce);
  buffer.start(entriesOf(Math.max(1, head - PAGE_SIZE + 1), head), head);
  return buffer;
}

describe("live entries", () => {
  it("appends the next one", () => {
    const buffer = bufferAt(10);
    expect(buffer.receive(entriesOf(11, 12))).toEqual([]);
    expect(buffer.get(12)?.content).toBe("line 12");
    expect([buffer.last, buffer.head]).toEqual([12, 12]);
  });

  it("ignores what is known, so a repeated or late frame changes nothing", () => {
    const buffer = bufferAt(10);
    buffer.receive(entriesOf(11, 14));
    buffer.receive([entryOf(12, { content: "other" }), entryOf(9, { content: "other" })]);
    expect(buffer.get(12)?.content).toBe("line 12");
    expect(buffer.get(9)?.content).toBe("line 9");
    expect(buffer.last).toBe(14);
  });

  it("names a gap and leaves it to be read by page calls", () => {
    const buffer = bufferAt(10);
    expect(buffer.receive([entryOf(15), entryOf(16)])).toEqual([{ first: 11, last: 14 }]);
    expect(buffer.get(12)).toBeUndefined();
    expect(buffer.missing({ first: 1, last: 16 })).toEqual([0]);
    buffer.add(entriesOf(1, 16));
    expect(buffer.missing({ first: 1, last: 16 })).toEqual([]);
    expect(buffer.get(12)?.content).toBe("line 12");
  });

  it("moves only the head where the page is not held", () => {
    const buffer = new LogBuffer(atOnce);
    buffer.start([], 1_250);
    buffer.receive(entriesOf(1_251, 1_260));
    expect(buffer.head).toBe(1_260);
    expect(buffer.get(1_255)).toBeUndefined();
    expect(buffer.missing({ first: 1_255, last: 1_255 })).toEqual([2]);
  });

  it("begins a page with its first entry", () => {
    const buffer = bufferAt(PAGE_SIZE);
    buffer.receive(entriesOf(PAGE_SIZE + 1, PAGE_SIZE + 3));
    expect(buffer.missing({ first: 1, last: PAGE_SIZE + 3 })).toEqual([]);
  });
});

describe("pages", () => {
  it("keeps sixty and drops the one that was not used for longest", () => {
    const buffer = new LogBuffer(atOnce);
    buffer.raiseHead(100 * PAGE_SIZE);
    for (let page = 0; page < PAGES_KEPT; page++) buffer.add([entryOf(page * PAGE_SIZE + 1)]);
    // Using the first page saves it; the second is now the oldest.
    buffer.missing({ first: 1, last: 1 });
    buffer.add([entryOf(PAGES_KEPT * PAGE_SIZE + 1)]);
    expect(buffer.get(1)).toBeDefined();
    expect(buffer.get(PAGE_SIZE + 1)).toBeUndefined();
    expect(buffer.get(2 * PAGE_SIZE + 1)).toBeDefined();
  });

  it("drops pages of very long entries sooner", () => {
    const buffer = new LogBuffer(atOnce);
    const content = "x".repeat(1_000_000);
    for (let page = 0; page < 50; page++) buffer.add([entryOf(page * PAGE_SIZE + 1, { content })]);
    const held = Array.from({ length: 50 }, (_, page) => buffer.get(page * PAGE_SIZE + 1)).filter(Boolean);
    expect(held).toHaveLength(32);
    expect(buffer.get(49 * PAGE_SIZE + 1)).toBeDefined();
  });

  it("knows entries that were asked for and are not there as gone, not as missing", () => {
    const buffer = new LogBuffer(atOnce);
    buffer.raiseHead(20);
    buffer.add(entriesOf(11, 20), { first: 1, last: 20 });
    expect(buffer.get(3)).toBeNull();
    expect(buffer.missing({ first: 1, last: 20 })).toEqual([]);
  });

  it("never asks beyond the head", () => {
    expect(bufferAt(10).missing({ first: -100, last: 5_000 })).toEqual([]);
  });
});

it("tells its readers once for all changes until the next frame", () => {
  const frames: (() => void)[] = [];
  const buffer = new LogBuffer((notify) => frames.push(notify));
  let heard = 0;
  const stop = buffer.subscribe(() => heard++);
  buffer.start(entriesOf(1, 5), 5);
  buffer.receive([entryOf(6)]);
  buffer.receive([entryOf(7)]);
  expect(frames).toHaveLength(1);
  // Who draws for another reason until then draws what was shown before.
  expect([buffer.head, buffer.version]).toEqual([5, 0]);
  frames[0]?.();
  expect(heard).toBe(1);
  expect([buffer.head, buffer.version]).toEqual([7, 1]);
  buffer.receive([entryOf(8)]);
  expect(frames).toHaveLength(2);
  stop();
  frames[1]?.();
  expect(heard).toBe(1);
});

describe("what came of a tool call", () => {
  const call = entryOf(1, { kind: "tool", data: { toolUseId: "a" } });
  const result = entryOf(3, { kind: "result", data: { toolUseId: "a" } });

  it("is its result, once it is here", () => {
    const buffer = new LogBuffer(atOnce);
    buffer.start([call, entryOf(2)], 2);
    expect(buffer.resultOf(1)).toBeUndefined();
    buffer.receive([result]);
    expect(buffer.resultOf(1)).toEqual(result);
    expect([buffer.resultOf(2), buffer.resultOf(3), buffer.resultOf(99)]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it("is forgotten with the page it stood on", () => {
    const buffer = bufferAt(0);
    buffer.receive([result, ...entriesOf(4, 4)]);
    const far = PAGE_SIZE * (PAGES_KEPT + 2);
    for (let at = PAGE_SIZE; at < far; at += PAGE_SIZE) buffer.add(entriesOf(at + 1, at + PAGE_SIZE));
    buffer.add([call]);
    expect(buffer.resultOf(1)).toBeUndefined();
  });
});

describe("how often the view changes", () => {
  afterEach(() => void vi.useRealTimers());

  it.each([
    { every: 2, changesASecond: 10 },
    { every: 20, changesASecond: 30 },
  ])(
    "shows a line that comes alone in the next frame, and one each $every ms calmly",
    ({ every, changesASecond }) => {
      vi.useFakeTimers();
      const buffer = new LogBuffer();
      let changes = 0;
      buffer.subscribe(() => (changes += 1));
      buffer.receive(entriesOf(1, 1));
      vi.advanceTimersToNextFrame();
      expect(changes).toBe(1);

      const lines = 1_000 / every;
      for (let line = 2; line <= lines; line += 1) {
        buffer.receive(entriesOf(line, line));
        vi.advanceTimersByTime(every);
      }
      expect(changes).toBeGreaterThan(0.8 * changesASecond);
      expect(changes).toBeLessThan(1.2 * changesASecond);
      vi.advanceTimersByTime(200);
      const before = changes;
      buffer.receive(entriesOf(lines + 1, lines + 1));
      vi.advanceTimersToNextFrame();
      expect(changes).toBe(before + 1);
    },
  );
});
