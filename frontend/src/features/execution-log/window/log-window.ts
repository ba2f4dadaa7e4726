/**
 * Which rows the virtualiser knows, and what holds the view in place. Pure functions over one small value: nothing
 * here touches the page. Row r of the window shows the entry with the sequence `base + r + 1`.
 */
export const WINDOW_ROWS = 3_000;
export const ROW_HEIGHT = 22;
const EDGE_ROWS = 400;
const ROWS_ABOVE = 1_500;
const ROWS_KEPT_WHEN_FULL = 2_000;
const END_PIXELS = 24;

/**
 * What decides the scroll position at the next render.
 * - `nothing`: the user.
 * - `end`: the last entry stays in view (follow).
 * - `pin`: the entry stays on top, whatever is measured above it, until the user scrolls.
 * - `anchor`: the entry goes back to `pixels` above the top once, after the window has moved.
 */
export type Hold =
  | { by: "nothing" }
  | { by: "end" }
  | { by: "pin"; sequence: number }
  | { by: "anchor"; sequence: number; pixels: number };

export interface LogWindow {
  base: number;
  hold: Hold;
}

/** What is on the screen: rows of the window, and how far the top row is scrolled into. */
export interface View {
  topRow: number;
  bottomRow: number;
  pixelsIntoTop: number;
}

/** The heights as they are known now. */
export interface Layout {
  start: (row: number) => number;
  total: number;
  viewport: number;
}

const FREE: Hold = { by: "nothing" };

const clamp = (value: number, least: number, most: number): number => Math.max(least, Math.min(value, most));
const lastBase = (head: number): number => Math.max(0, head - WINDOW_ROWS);

/** How many rows the window has. */
export const rowsOf = (window: LogWindow, head: number): number => clamp(head - window.base, 0, WINDOW_ROWS);

export const following = (window: LogWindow): boolean => window.hold.by === "end";

/** Follows the end. */
export function follow(window: LogWindow, head: number): LogWindow {
  const reaches = head - window.base <= WINDOW_ROWS;
  return { base: reaches ? window.base : Math.max(0, head - ROWS_KEPT_WHEN_FULL), hold: { by: "end" } };
}

/** The log has grown to `head`: a followed window that is full moves on, with room for a thousand rows. */
export const grow = (window: LogWindow, head: number): LogWindow => {
  return following(window) && head - window.base > WINDOW_ROWS ? follow(window, head) : window;
};

/** Brings the entry on top and keeps it there; leaves follow. */
export function jump(sequence: number, head: number): LogWindow {
  const target = clamp(sequence, 1, Math.max(1, head));
  return {
    base: clamp(target - 1 - ROWS_ABOVE, 0, lastBase(head)),
    hold: { by: "pin", sequence: target },
  };
}

/** The user takes over: wheel, touch or key. Follow ends only by moving away from the end: see `scrolledByUser`. */
export const release = (window: LogWindow): LogWindow => {
  return window.hold.by === "pin" ? { base: window.base, hold: FREE } : window;
};

/** Stops following where the view is. */
export const stay = (window: LogWindow): LogWindow => {
  return following(window) ? { base: window.base, hold: FREE } : window;
};

/**
 * How the user scrolls. Only a scroll towards the end starts follow, so that the first pixels upwards do not. How far
 * the end is has to be asked of the page, which takes a while.
 */
export type UserScroll = { towardsEnd: boolean; pixelsToEnd: () => number };

/** The user has scrolled: off the end stops follow, reaching the end starts it. */
export function scrolledByUser(window: LogWindow, scroll: UserScroll, head: number): LogWindow {
  if (window.hold.by === "anchor") return window;
  if (!scroll.towardsEnd) {
    return following(window) && scroll.pixelsToEnd() > END_PIXELS ? stay(window) : window;
  }
  const reaches = window.base + rowsOf(window, head) >= head;
  return !following(window) && reaches && scroll.pixelsToEnd() <= END_PIXELS ? follow(window, head) : window;
}

/**
 * Moves the window where the view comes near one of its ends and more entries exist, and anchors the view. To be
 * called in a scroll event only: in a render it would loop. Returns the same window where nothing is to be done.
 */
export function checkEdges(window: LogWindow, view: View, head: number): LogWindow {
  if (window.hold.by !== "nothing") return window;
  const rows = rowsOf(window, head);
  const nearTop = window.base > 0 && view.topRow < EDGE_ROWS;
  const nearEnd = window.base + rows < head && rows - 1 - view.bottomRow < EDGE_ROWS;
  if (!nearTop && !nearEnd) return window;
  const base = clamp(window.base + view.topRow - ROWS_ABOVE, 0, lastBase(head));
  if (base === window.base) return window;
  return {
    base,
    hold: { by: "anchor", sequence: window.base + view.topRow + 1, pixels: view.pixelsIntoTop },
  };
}

/** The scroll position that the hold asks for, or null where the user decides. */
export function heldOffset(window: LogWindow, layout: Layout): number | null {
  const end = Math.max(0, layout.total - layout.viewport);
  const { hold } = window;
  if (hold.by === "nothing") return null;
  if (hold.by === "end") return end;
  const pixels = hold.by === "anchor" ? hold.pixels : 0;
  return clamp(layout.start(hold.sequence - window.base - 1) + pixels, 0, end);
}

/** The anchor has been put back: the user decides again. */
export const settled = (window: LogWindow): LogWindow => {
  return window.hold.by === "anchor" ? { base: window.base, hold: FREE } : window;
};
