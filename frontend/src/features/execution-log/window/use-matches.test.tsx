import { act } from "react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { Problem } from "@/api/client";

import { MemorySource, entryOf } from "../testing";
import { PaneOnPage, settle } from "../testing-pane";
import { TICKS } from "./use-matches";

let pane: PaneOnPage;
beforeEach(() => {
  pane = new PaneOnPage();
});
afterEach(async () => {
  vi.useRealTimers();
  await pane.close();
});

const make = (sequence: number) =>
  entryOf(sequence, { type: sequence % 5 ? "info" : "error", kind: sequence > 900 ? "message" : "raw" });

it("asks once about a log that is over, and not again while nothing comes", async () => {
  const source = new MemorySource(1_000, make);
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  await pane.open(source, { headSequence: 1_000, live: false });
  await act(async () => vi.advanceTimersByTime(600_000));
  await settle();
  expect(source.searches).toEqual(["error", "request"]);
  expect(pane.host.textContent).toContain("200 errors");
});

it("counts a log that grows at most every two seconds, its last entries too", async () => {
  const source = new MemorySource(1_000, make);
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  await pane.open(source, { headSequence: 1_000, live: true });
  for (let head = 1_001; head <= 1_100; head++) {
    source.head = head;
    // oxlint-disable-next-line no-await-in-loop
    await pane.render(source, { headSequence: head, live: true });
  }
  await act(async () => vi.advanceTimersByTime(1_999));
  expect(source.searches).toHaveLength(2);

  // Two entries come while it is counted, and then none any more.
  const { find } = source;
  const answers: (() => void)[] = [];
  source.find = async (...asked) => {
    const found = await find(...asked);
    await new Promise<void>((resolve) => answers.push(resolve));
    return found;
  };
  await act(async () => vi.advanceTimersByTime(1));
  source.head = 1_110;
  await pane.render(source, { headSequence: 1_110, live: false });
  source.find = find;
  await act(async () => answers.forEach((answer) => answer()));
  await act(async () => vi.advanceTimersByTime(600_000));
  await settle();
  expect(source.searches).toHaveLength(6);
  expect(pane.host.textContent).toContain("222 errors");
});

it("counts again what could not be counted, and says nothing untrue meanwhile", async () => {
  const source = new MemorySource(1_000, make);
  const { find } = source;
  let away = true;
  source.find = (...asked) => (away ? Promise.reject(new Problem(0, "no answer")) : find(...asked));
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  await pane.open(source, { headSequence: 1_000, live: false });
  await pane.search("line 7");
  await act(async () => vi.advanceTimersByTime(5_000));
  expect(pane.host.textContent).toContain("searching…");
  expect(pane.host.textContent).not.toContain("errors");
  away = false;
  await act(async () => vi.advanceTimersByTime(2_000));
  await settle();
  expect(pane.host.textContent).toContain("200 errors");
  expect(pane.host.querySelector("[role=search]")?.textContent).toContain("111");
});

it("does not ask again for what is refused", async () => {
  const source = new MemorySource(1_000, make);
  let asked = 0;
  source.find = () => {
    asked += 1;
    return Promise.reject(new Problem(422, "too long"));
  };
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  await pane.open(source, { headSequence: 1_000, live: false });
  await act(async () => vi.advanceTimersByTime(600_000));
  await settle();
  expect(asked).toBe(2);
});

it("ticks stand at the places of what is shown while a filter is on", async () => {
  const source = new MemorySource(1_000, make);
  await pane.open(source, { headSequence: 1_000, live: false });
  const parts = () =>
    [
      ...(pane.host.querySelector("path[data-tone=error]")?.getAttribute("d") ?? "").matchAll(/M6 (\d+)/g),
    ].map(([, part]) => Number(part));
  expect(parts()).toHaveLength(TICKS);
  await pane.click(pane.button("Messages"));
  await settle();
  // A hundred messages, every fifth an error: in every tenth of two hundred parts.
  expect(parts()).toEqual(Array.from({ length: 20 }, (_, n) => n * 10 + 9));
  await pane.click(pane.button("Errors"));
  await settle();
  expect(parts()).toEqual([]);
});
