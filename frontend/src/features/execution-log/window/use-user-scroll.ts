import type { Virtualizer } from "@tanstack/react-virtual";
import { useEffect } from "react";
import type { RefObject } from "react";
import { flushSync } from "react-dom";

import * as place from "./log-window";
import type { LogWindow, View } from "./log-window";

/** A scroll this long after a wheel, a touch or a key is the user's. */
const INPUT_MS = 400;
/** A fling goes on after the finger has left: its scroll events follow each other faster than this. */
const FLING_MS = 120;
const UPWARD_KEYS = new Set(["ArrowUp", "PageUp"]);
const DOWNWARD_KEYS = new Set(["ArrowDown", "PageDown"]);

type Options = {
  box: RefObject<HTMLDivElement | null>;
  rows: Virtualizer<HTMLDivElement, HTMLDivElement>;
  window: RefObject<LogWindow>;
  head: RefObject<number>;
  change: (next: LogWindow) => void;
};

/** As the virtualiser knows it, which has heard of the scroll before: the page itself would have to be laid out first. */
function viewOf(rows: Options["rows"]): View | null {
  const offset = rows.scrollOffset ?? 0;
  const top = rows.getVirtualItemForOffset(offset);
  const bottom = rows.getVirtualItemForOffset(offset + (rows.scrollRect?.height ?? 0));
  if (!top || !bottom) return null;
  return { topRow: top.index, bottomRow: bottom.index, pixelsIntoTop: offset - top.start };
}

/** The way a key scrolls, or null where it does not. */
function isDownward(event: KeyboardEvent): boolean | null {
  if (event.key === " ") return !event.shiftKey;
  if (DOWNWARD_KEYS.has(event.key)) return true;
  return UPWARD_KEYS.has(event.key) ? false : null;
}

type Heard = (towardsEnd: boolean, byTouch: boolean) => void;

/** Hears of every wheel, touch, key and drag in the box; returns the way to stop it. */
function listenToInput(element: HTMLElement, heard: Heard): () => void {
  const stop = new AbortController();
  const options = { passive: true, signal: stop.signal };
  let finger = 0;
  const onWheel = (event: WheelEvent) => {
    if (event.deltaY !== 0 && !event.ctrlKey) heard(event.deltaY > 0, false);
  };
  const onTouch = (event: TouchEvent) => {
    const y = event.touches[0]?.clientY ?? finger;
    if (event.type === "touchmove" && y !== finger) heard(y < finger, true);
    finger = y;
  };
  const onKey = (event: KeyboardEvent) => {
    // Arrows on the number of a line go to the next one.
    const ours = event.target instanceof Element && event.target.matches("[role=log], [data-number]");
    const downward = ours ? isDownward(event) : null;
    if (downward !== null) heard(downward, false);
  };
  const onDrag = (event: PointerEvent) => {
    // Selecting text scrolls at the edges.
    if (event.buttons !== 0 && event.pointerType === "mouse") heard(false, false);
  };
  element.addEventListener("wheel", onWheel, options);
  element.addEventListener("touchstart", onTouch, options);
  element.addEventListener("touchmove", onTouch, options);
  element.addEventListener("pointermove", onDrag, options);
  element.addEventListener("keydown", onKey, options);
  return () => stop.abort();
}

/** Tells a user's scroll from our own, and moves the window when the view comes near one of its ends. */
export function useUserScroll({ box, rows, window, head, change }: Options): void {
  useEffect(() => {
    const element = box.current;
    if (!element) return undefined;
    const last = { input: Number.NEGATIVE_INFINITY, scroll: 0, towardsEnd: false, byTouch: false };

    const stopInput = listenToInput(element, (towardsEnd, byTouch) => {
      Object.assign(last, { input: performance.now(), towardsEnd, byTouch });
      const released = place.release(window.current);
      // At once, not at the scroll event: a render in between would pull the view back to the end.
      const leaves = !towardsEnd && element.scrollTop > 0;
      change(leaves ? place.stay(released) : released);
    });
    const onScroll = () => {
      const now = performance.now();
      if (last.byTouch && now - last.scroll < FLING_MS) last.input = Math.max(last.input, last.scroll);
      last.scroll = now;
      let next = window.current;
      if (now - last.input < INPUT_MS) {
        const pixelsToEnd = () => element.scrollHeight - element.clientHeight - element.scrollTop;
        next = place.scrolledByUser(next, { towardsEnd: last.towardsEnd, pixelsToEnd }, head.current);
      }
      const view = viewOf(rows);
      if (view) next = place.checkEdges(next, view, head.current);
      // Before the next scroll, or the anchor would be where the view no longer is.
      if (next !== window.current) flushSync(() => change(next));
    };
    element.addEventListener("scroll", onScroll, { passive: true });
    return () => {
      stopInput();
      element.removeEventListener("scroll", onScroll);
    };
  }, [box, rows, window, head, change]);
}
