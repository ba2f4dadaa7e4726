import { MantineProvider } from "@mantine/core";
import { act } from "react";
import { createRoot } from "react-dom/client";
import type { Root } from "react-dom/client";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { LogPane } from "./log-pane";
import { MemorySource } from "./testing";
import { BOX, fakeLayout, heights, reportHeights } from "./testing-layout";

let root: Root;
let host: HTMLElement;

beforeEach(() => {
  Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });
  fakeLayout();
  window.history.replaceState(null, "", "/");
  host = document.body.appendChild(document.createElement("div"));
  root = createRoot(host);
});

afterEach(async () => {
  await act(async () => root.unmount());
  host.remove();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

const nextFrame = () => new Promise<void>((resolve) => requestAnimationFrame(() => resolve()));
const settle = () =>
  act(async () => {
    for (let frame = 0; frame < 4; frame++) {
      // Each frame may ask for the next.
      // oxlint-disable-next-line no-await-in-loop
      await nextFrame();
      reportHeights();
    }
  });

async function open(source: MemorySource): Promise<HTMLElement> {
  await act(async () =>
    root.render(
      <MantineProvider>
        <LogPane executionId="e" startedAt={null} source={source} headSequence={0} live />
      </MantineProvider>,
    ),
  );
  await settle();
  const box = host.querySelector<HTMLElement>("[role=log]");
  if (!box) throw new Error("no log");
  return box;
}

const rowOf = (sequence: number) => host.querySelector<HTMLElement>(`[data-sequence="${sequence}"]`);
const indexOf = (sequence: number) => Number(rowOf(sequence)?.dataset["index"]);

/** The sequence at the top of the box, and how far it is scrolled into. */
function topOf(box: HTMLElement): [number, number] {
  const rows = [...box.querySelectorAll<HTMLElement>("[data-sequence]")];
  let at = Number(/translateY\((.*)px\)/.exec(rows[0]?.parentElement?.style.transform ?? "")?.[1]);
  for (const row of rows) {
    if (at + row.offsetHeight > box.scrollTop) return [Number(row.dataset["sequence"]), box.scrollTop - at];
    at += row.offsetHeight;
  }
  throw new Error("nothing on the screen");
}

async function wheel(box: HTMLElement, pixels: number): Promise<void> {
  await act(async () => {
    box.dispatchEvent(new WheelEvent("wheel", { deltaY: pixels, bubbles: true }));
    box.scrollTop += pixels;
    box.dispatchEvent(new Event("scroll"));
  });
  await settle();
}

it("shows the end by one call whatever the length, and goes on from there live", async () => {
  const source = new MemorySource(1_000_000);
  const box = await open(source);
  expect(source.calls).toEqual(["tail 500", "follow 1000000"]);
  expect(rowOf(1_000_000)?.textContent).toContain("line 1000000");
  expect(box.scrollTop).toBe(box.scrollHeight - BOX);
  await act(async () => source.append(700));
  await settle();
  expect(rowOf(1_000_700)?.textContent).toContain("line 1000700");
  expect(box.scrollTop).toBe(box.scrollHeight - BOX);
});

it("waits for what comes live, also when the board knows of it first", async () => {
  const source = new MemorySource(36);
  await open(source);
  await act(async () =>
    root.render(
      <MantineProvider>
        <LogPane executionId="e" startedAt={null} source={source} headSequence={40} live />
      </MantineProvider>,
    ),
  );
  await settle();
  await act(async () => source.append(2));
  await settle();
  await act(async () =>
    root.render(
      <MantineProvider>
        <LogPane executionId="e" startedAt={null} source={source} headSequence={40} live={false} />
      </MantineProvider>,
    ),
  );
  await act(async () => source.append(2));
  await settle();
  expect(source.calls).toEqual(["tail 500", "follow 36"]);
  expect(rowOf(40)?.textContent).toContain("line 40");
});

it("does not move while 1,500 entries arrive and the reader is scrolled up", async () => {
  const source = new MemorySource(100_000);
  const box = await open(source);
  await wheel(box, -3_333);
  const before = [box.scrollTop, ...topOf(box)];
  for (let burst = 0; burst < 15; burst++) {
    // oxlint-disable-next-line no-await-in-loop
    await act(async () => source.append(100));
    // oxlint-disable-next-line no-await-in-loop
    await settle();
  }
  expect([box.scrollTop, ...topOf(box)]).toEqual(before);
  expect(host.textContent).toContain("1,500 new");
});

it("moves the window only in scroll events", async () => {
  const source = new MemorySource(10_000);
  const box = await open(source);
  await act(async () => {
    window.location.hash = "#L5000";
    window.dispatchEvent(new HashChangeEvent("hashchange"));
  });
  await settle();
  const index = indexOf(5_000);
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
  expect(indexOf(5_000)).toBe(index);
  await act(async () => box.dispatchEvent(new Event("scroll")));
  await settle();
  const [top, into] = topOf(box);
  expect([top, into]).toEqual([5_000 - index + 100, 0]);
  expect(indexOf(top)).toBe(1_500);
});

it("keeps the line of the address on top when late pages change heights above it", async () => {
  const source = new MemorySource(100_000);
  window.history.replaceState(null, "", "/#L40000");
  for (let sequence = 39_000; sequence < 40_000; sequence++) heights.set(sequence, 22 + (sequence % 7) * 20);
  const answers: (() => void)[] = [];
  source.before = () => new Promise((resolve) => answers.push(resolve));
  const answerAll = () => act(async () => answers.splice(0).forEach((answer) => answer()));
  await act(async () =>
    root.render(
      <MantineProvider>
        <LogPane executionId="e" startedAt={null} source={source} headSequence={0} live />
      </MantineProvider>,
    ),
  );
  await answerAll();
  await settle();
  const box = host.querySelector<HTMLElement>("[role=log]");
  if (!box) throw new Error("no log");
  expect(rowOf(40_000)?.querySelector("[data-skeleton]")).not.toBeNull();
  expect(topOf(box)).toEqual([40_000, 0]);
  await answerAll();
  await settle();
  expect(rowOf(40_000)?.textContent).toContain("line 40000");
  expect(topOf(box)).toEqual([40_000, 0]);
  expect(rowOf(40_000)?.dataset["marked"]).toBe("true");
});

it("puts a clicked line number into the address and stays where it is", async () => {
  const source = new MemorySource(1_000);
  const box = await open(source);
  const before = box.scrollTop;
  await act(async () => rowOf(990)?.querySelector("a")?.click());
  await settle();
  expect(window.location.hash).toBe("#L990");
  expect(box.scrollTop).toBe(before);
  await act(async () =>
    document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "End", bubbles: true })),
  );
  expect(window.location.hash).toBe("");
});

it("goes to the first line with Home and back to the end with G", async () => {
  const source = new MemorySource(50_000);
  const box = await open(source);
  await act(async () =>
    document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "Home", bubbles: true })),
  );
  await settle();
  expect(topOf(box)).toEqual([1, 0]);
  await act(async () =>
    document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "g", bubbles: true })),
  );
  await settle();
  expect(box.scrollTop).toBe(box.scrollHeight - BOX);
  expect(rowOf(50_000)).not.toBeNull();
});

it("is silent to screen readers, has a name, and its rail says where it is", async () => {
  const box = await open(new MemorySource(5_000));
  expect(box.getAttribute("aria-live")).toBe("off");
  expect(box.tabIndex).toBe(0);
  expect(box.getAttribute("aria-label")).toBeTruthy();
  const rail = host.querySelector("[role=scrollbar]");
  expect(rail?.getAttribute("aria-controls")).toBe(box.id);
  expect(rail?.getAttribute("aria-valuemax")).toBe("5000");
});
