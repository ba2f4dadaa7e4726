import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { Problem } from "@/api/client";

import { LogBuffer } from "./log-buffer";
import { PageLoader } from "./page-loader";
import { MemorySource, entriesOf } from "../testing";

const atOnce = (notify: () => void) => notify();

function loaderOf(source: MemorySource) {
  const buffer = new LogBuffer(atOnce);
  buffer.start([], source.head);
  const problems: unknown[] = [];
  return { buffer, problems, loader: new PageLoader(buffer, source, (error) => problems.push(error)) };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("reads the pages of a range once, and no others", async () => {
  const source = new MemorySource(100_000);
  const { buffer, loader } = loaderOf(source);
  loader.want({ first: 900, last: 1_100 });
  loader.want({ first: 900, last: 1_100 });
  await vi.runAllTimersAsync();
  loader.want({ first: 900, last: 1_100 });
  expect(source.calls).toEqual(["after 500 500", "after 1000 500"]);
  expect(buffer.get(1_100)?.content).toBe("line 1100");
});

it("reads a gap that the live connection left", async () => {
  const source = new MemorySource(600);
  const { buffer, loader } = loaderOf(source);
  buffer.add(entriesOf(1, 600));
  source.head = 700;
  const gaps = buffer.receive(entriesOf(651, 700));
  expect(gaps).toEqual([{ first: 601, last: 650 }]);
  loader.want({ first: 550, last: 700 });
  await vi.runAllTimersAsync();
  expect(source.calls).toEqual(["after 500 200"]);
  expect(buffer.get(625)?.content).toBe("line 625");
});

it("goes on where an answer ended early", async () => {
  const source = new MemorySource(500);
  const { buffer, loader } = loaderOf(source);
  const { readAfter } = source;
  source.readAfter = (after, limit, signal) => readAfter(after, Math.min(limit, 200), signal);
  loader.want({ first: 1, last: 500 });
  await vi.runAllTimersAsync();
  expect(source.calls).toEqual(["after 0 200", "after 200 200", "after 400 100"]);
  expect(buffer.missing({ first: 1, last: 500 })).toEqual([]);
});

it("drops what a fast scroll has passed", async () => {
  const source = new MemorySource(100_000);
  const { buffer, loader } = loaderOf(source);
  for (const first of [10_001, 20_001, 30_001, 40_001]) loader.want({ first, last: first + 10 });
  await vi.runAllTimersAsync();
  expect(buffer.get(40_005)?.content).toBe("line 40005");
  expect(buffer.get(20_005)).toBeUndefined();
  expect(source.calls.length).toBeLessThan(4);
});

it("asks again after a call without an answer, until the page comes", async () => {
  const source = new MemorySource(500);
  const { buffer, loader, problems } = loaderOf(source);
  let failures = 3;
  source.before = async () => {
    if (failures-- > 0) throw new Problem(503, "the database is locked");
  };
  loader.want({ first: 1, last: 20 });
  await vi.runAllTimersAsync();
  expect(buffer.get(7)?.content).toBe("line 7");
  expect(problems).toHaveLength(4);
  expect(problems.at(-1)).toBeNull();
});

it("takes a refusal as one until it is told to ask again", async () => {
  const source = new MemorySource(500);
  const { buffer, loader } = loaderOf(source);
  source.before = async () => {
    throw new Problem(401, "Who are you?");
  };
  loader.want({ first: 1, last: 20 });
  await vi.runAllTimersAsync();
  loader.want({ first: 1, last: 20 });
  await vi.runAllTimersAsync();
  expect(source.calls).toHaveLength(1);
  source.before = async () => {};
  loader.again();
  await vi.runAllTimersAsync();
  expect(buffer.get(7)?.content).toBe("line 7");
});
