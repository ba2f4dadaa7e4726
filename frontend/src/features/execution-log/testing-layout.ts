import { vi } from "vitest";

// A page without layout is given one: the box is 600 px high, and every row 22, or what `heights` says once it is read.
export const BOX = 600;
export const heights = new Map<number, number>();
const observers = new Set<FakeObserver>();

const isBox = (element: Element) => element.getAttribute("role") === "log";

function heightOf(element: HTMLElement): number {
  const read = element.querySelector("[data-skeleton]") === null;
  return (read ? heights.get(Number(element.dataset["sequence"])) : undefined) ?? 22;
}

function windowHeight(box: HTMLElement): number {
  const inner = box.firstElementChild;
  return inner instanceof HTMLElement ? Number.parseFloat(inner.style.height) : 0;
}

/** Reports rows whose height has changed, when it is told to. */
class FakeObserver {
  private readonly seen = new Map<HTMLElement, number>();

  constructor(private readonly callback: (entries: { target: HTMLElement }[]) => void) {
    observers.add(this);
  }

  observe(element: HTMLElement): void {
    this.seen.set(element, -1);
  }

  unobserve(element: HTMLElement): void {
    this.seen.delete(element);
  }

  disconnect(): void {
    this.seen.clear();
  }

  report(): void {
    const changed = [...this.seen].filter(([row, height]) => !isBox(row) && heightOf(row) !== height);
    for (const [row] of changed) this.seen.set(row, heightOf(row));
    if (changed.length > 0) this.callback(changed.map(([target]) => ({ target })));
  }
}

type Measure = "clientHeight" | "clientWidth" | "offsetHeight" | "scrollHeight";

function define(name: Measure, value: (element: HTMLElement) => number): void {
  vi.spyOn(HTMLElement.prototype, name, "get").mockImplementation(function (this: HTMLElement) {
    return value(this);
  });
}

/** Gives every element its measures until the mocks are restored. */
export function fakeLayout(): void {
  heights.clear();
  observers.clear();
  define("clientHeight", (element) => (isBox(element) ? BOX : 0));
  define("clientWidth", (element) => (isBox(element) ? 800 : 0));
  define("offsetHeight", heightOf);
  define("scrollHeight", (element) => (isBox(element) ? Math.max(BOX, windowHeight(element)) : 0));
  vi.stubGlobal("ResizeObserver", FakeObserver);
}

/** Tells the page of the rows whose height has changed. */
export function reportHeights(): void {
  for (const observer of observers) observer.report();
}
