import { MantineProvider } from "@mantine/core";
import { act } from "react";
import { createRoot } from "react-dom/client";
import { vi } from "vitest";

import { LogPane } from "./log-pane";
import type { MemorySource } from "./testing";
import { fakeLayout, reportHeights } from "./testing-layout";

const FRAME_MS = 17;
let now = 0;

/** Frames that come as fast as the machine can, and are told the time of a screen's. */
function fakeFrames(): void {
  const request = window.requestAnimationFrame.bind(window);
  vi.stubGlobal("requestAnimationFrame", (callback: FrameRequestCallback) => request(() => callback(now)));
}

const nextFrame = () => {
  now += FRAME_MS;
  return new Promise<void>((resolve) => requestAnimationFrame(() => resolve()));
};

/** Lets the page come to rest. */
export const settle = () =>
  act(async () => {
    for (let frame = 0; frame < 4; frame++) {
      // Each frame may ask for the next.
      // oxlint-disable-next-line no-await-in-loop
      await nextFrame();
      reportHeights();
    }
  });

/** The log with all that is around it, on a page whose measures are known. */
export class PaneOnPage {
  readonly host = document.body.appendChild(document.createElement("div"));
  private readonly root;

  constructor() {
    Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });
    fakeLayout();
    fakeFrames();
    sessionStorage.clear();
    window.history.replaceState(null, "", "/");
    this.root = createRoot(this.host);
  }

  async close(): Promise<void> {
    await act(async () => this.root.unmount());
    this.host.remove();
    vi.restoreAllMocks();
    vi.unstubAllGlobals();
  }

  render = (source: MemorySource, run: { headSequence: number; live: boolean }): Promise<void> =>
    act(async () =>
      this.root.render(
        <MantineProvider>
          <LogPane executionId="e" startedAt={null} source={source} {...run} />
        </MantineProvider>,
      ),
    );

  /** Shows the log, and gives its box. */
  async open(source: MemorySource, run = { headSequence: 0, live: true }): Promise<HTMLElement> {
    await this.render(source, run);
    await settle();
    return this.box;
  }

  get box(): HTMLElement {
    const box = this.host.querySelector<HTMLElement>("[role=log]");
    if (!box) throw new Error("no log");
    return box;
  }

  rowOf = (sequence: number) => this.host.querySelector<HTMLElement>(`[data-sequence="${sequence}"]`);
  indexOf = (sequence: number) => Number(this.rowOf(sequence)?.dataset["index"]);
  numberOf = (sequence: number) => this.rowOf(sequence)?.querySelector<HTMLElement>("[data-number]") ?? null;

  /** The sequence at the top of the box, and how far it is scrolled into. */
  top(): [number, number] {
    const rows = [...this.box.querySelectorAll<HTMLElement>("[data-sequence]")];
    let at = Number(/translateY\((.*)px\)/.exec(rows[0]?.parentElement?.style.transform ?? "")?.[1]);
    for (const row of rows) {
      if (at + row.offsetHeight > this.box.scrollTop) {
        return [Number(row.dataset["sequence"]), this.box.scrollTop - at];
      }
      at += row.offsetHeight;
    }
    throw new Error("nothing on the screen");
  }

  async wheel(pixels: number): Promise<void> {
    const { box } = this;
    await act(async () => {
      box.dispatchEvent(new WheelEvent("wheel", { deltaY: pixels, bubbles: true }));
      box.scrollTop += pixels;
      box.dispatchEvent(new Event("scroll"));
    });
    await settle();
  }

  async press(key: string, target: Element = document.body, rest: KeyboardEventInit = {}): Promise<void> {
    await act(async () =>
      target.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...rest })),
    );
    await settle();
  }

  /** Write into the search field; return it. */
  async search(text: string): Promise<HTMLInputElement> {
    const field = this.host.querySelector<HTMLInputElement>("[role=search] input");
    if (!field) throw new Error("no search field");
    await act(async () => {
      Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value")?.set?.call(field, text);
      field.dispatchEvent(new Event("input", { bubbles: true }));
    });
    return field;
  }

  async click(target: Element | null, rest: MouseEventInit = {}): Promise<void> {
    await act(async () =>
      target?.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, ...rest })),
    );
    await settle();
  }

  button(name: string): HTMLButtonElement {
    const found = [...this.host.querySelectorAll("button")].find(
      (button) => (button.getAttribute("aria-label") ?? button.textContent) === name,
    );
    if (!found) throw new Error(`no button ${name}`);
    return found;
  }

  async visit(hash: string): Promise<void> {
    await act(async () => {
      window.location.hash = hash;
      window.dispatchEvent(new HashChangeEvent("hashchange"));
    });
    await settle();
  }
}
