import { act } from "react";
import { afterEach, beforeEach, expect, it } from "vitest";

import { MemorySource } from "./testing";
import { BOX, heights } from "./testing-layout";
import { PaneOnPage, settle } from "./testing-pane";

let pane: PaneOnPage;
beforeEach(() => {
  pane = new PaneOnPage();
});
afterEach(() => pane.close());

it("shows the end by one call whatever the length, and goes on from there live", async () => {
  const source = new MemorySource(1_000_000);
  const box = await pane.open(source);
  expect(source.calls).toEqual(["tail 500", "follow 1000000"]);
  expect(pane.rowOf(1_000_000)?.textContent).toContain("line 1000000");
  expect(box.scrollTop).toBe(box.scrollHeight - BOX);
  await act(async () => source.append(700));
  await settle();
  expect(pane.rowOf(1_000_700)?.textContent).toContain("line 1000700");
  expect(box.scrollTop).toBe(box.scrollHeight - BOX);
});

it("waits for what comes live, also when the board knows of it first", async () => {
  const source = new MemorySource(36);
  await pane.open(source);
  await pane.render(source, { headSequence: 40, live: true });
  await settle();
  await act(async () => source.append(2));
  await settle();
  await pane.render(source, { headSequence: 40, live: false });
  await act(async () => source.append(2));
  await settle();
  expect(source.calls).toEqual(["tail 500", "follow 36"]);
  expect(pane.rowOf(40)?.textContent).toContain("line 40");
});

it("does not move while 1,500 entries arrive and the reader is scrolled up", async () => {
  const source = new MemorySource(100_000);
  const box = await pane.open(source);
  await pane.wheel(-3_333);
  const before = [box.scrollTop, ...pane.top()];
  for (let burst = 0; burst < 15; burst++) {
    // oxlint-disable-next-line no-await-in-loop
    await act(async () => source.append(100));
    // oxlint-disable-next-line no-await-in-loop
    await settle();
  }
  expect([box.scrollTop, ...pane.top()]).toEqual(before);
  expect(pane.host.textContent).toContain("1,500 new");
});

it("rebase happens only in scroll events", async () => {
  const source = new MemorySource(10_000);
  const box = await pane.open(source);
  await pane.visit("#L5000");
  const index = pane.indexOf(5_000);
  // Near the window's top, without a scroll event: renders come and go, the window stays.
  await act(async () => {
    box.dispatchEvent(new WheelEvent("wheel", { deltaY: -1, bubbles: true }));
    box.scrollTop = 100 * 22;
  });
  for (let burst = 0; burst < 5; burst++) {
    // oxlint-disable-next-line no-await-in-loop
    await act(async () => source.append(10));
    // oxlint-disable-next-line no-await-in-loop
    await settle();
  }
  expect(pane.indexOf(5_000)).toBe(index);
  await act(async () => box.dispatchEvent(new Event("scroll")));
  await settle();
  const [top, into] = pane.top();
  expect([top, into]).toEqual([5_000 - index + 100, 0]);
  expect(pane.indexOf(top)).toBe(1_500);
});

/** Jumps to a line of which nothing is read yet, then lets the pages come one after the other. */
async function jumpBeforeItsPages(line: number): Promise<void> {
  const source = new MemorySource(100_000);
  window.history.replaceState(null, "", `/#L${line}`);
  const answers: (() => void)[] = [];
  source.before = () => new Promise((resolve) => answers.push(resolve));
  const answerAll = async () => {
    await act(async () => answers.splice(0).forEach((answer) => answer()));
    await settle();
  };
  await pane.render(source, { headSequence: 0, live: true });
  await answerAll();
  if (line < 99_500) expect(pane.rowOf(line)?.querySelector("[data-skeleton]")).not.toBeNull();
  expect(pane.rowOf(line)?.dataset["marked"]).toBe("true");
  await answerAll();
}

it("a jump stays exact when late pages change heights", async () => {
  for (let line = 39_000; line < 40_000; line++) heights.set(line, 22 + (line % 7) * 20);
  await jumpBeforeItsPages(40_000);
  expect(pane.rowOf(40_000)?.textContent).toContain("line 40000");
  expect(pane.top()).toEqual([40_000, 0]);
});

it("a jump stays exact when late pages change heights below it, near the end", async () => {
  // As long as they are taken for lines of one row, the line can't come to the top.
  for (let line = 99_300; line <= 100_000; line++) heights.set(line, 22 + (line % 7) * 20);
  await jumpBeforeItsPages(99_985);
  expect(pane.top()).toEqual([99_985, 0]);
});

it("goes to the first line with Home and back to the end with G", async () => {
  const source = new MemorySource(50_000);
  const box = await pane.open(source);
  await pane.press("Home");
  expect(pane.top()).toEqual([1, 0]);
  await pane.press("g");
  expect(box.scrollTop).toBe(box.scrollHeight - BOX);
  expect(pane.rowOf(50_000)).not.toBeNull();
});

it("is silent to screen readers, has a name, and its rail says where it is", async () => {
  const box = await pane.open(new MemorySource(5_000));
  expect(box.getAttribute("aria-live")).toBe("off");
  expect(box.tabIndex).toBe(0);
  expect(box.getAttribute("aria-label")).toBeTruthy();
  const rail = pane.host.querySelector("[role=scrollbar]");
  expect(rail?.getAttribute("aria-controls")).toBe(box.id);
  expect(rail?.getAttribute("aria-valuemax")).toBe("5000");
});
