import type { Virtualizer } from "@tanstack/react-virtual";
import { useEffect } from "react";
import type { RefObject } from "react";
import { flushSync } from "react-dom";

import * as place from "./log-window";
import type { LogWindow, View } from "./log-window";

/** A scroll this long after a wheel, a touch or a key is the user's. */
const INPUT_MS = 400;
const SCROLL_KEYS = new Set(["ArrowUp", "ArrowDown", "PageUp", "PageDown", " "]);
const UPWARD_KEYS = new Set(["ArrowUp", "PageUp"]);

type Options = {
  box: RefObject<HTMLDivElement | null>;
  rows: Virtualizer<HTMLDivElement, HTMLDivElement>;
  window: RefObject<LogWindow>;
  head: RefObject<number>;
  change: (next: LogWindow) => void;
};

function viewOf(rows: Options["rows"], element: HTMLDivElement): View | null {
  const top = rows.getVirtualItemForOffset(element.scrollTop);
  const bottom = rows.getVirtualItemForOffset(element.scrollTop + element.clientHeight);
  if (!top || !bottom) return null;
  return { topRow: top.index, bottomRow: bottom.index, pixelsIntoTop: element.scrollTop - top.start };
}

/** Tells a user's scroll from our own, and moves the window when the view comes near one of its ends. */
export function useUserScroll({ box, rows, window, head, change }: Options): void {
  useEffect(() => {
    const element = box.current;
    if (!element) return undefined;
    let lastInput = Number.NEGATIVE_INFINITY;

    const input = (upward: boolean) => {
      lastInput = performance.now();
      const released = place.release(window.current);
      // At once, not at the scroll event: a render in between would pull the view back to the end.
      const leaves = upward && element.scrollTop > 0;
      change(leaves ? place.stay(released) : released);
    };
    const onWheel = (event: WheelEvent) => {
      if (event.deltaY !== 0 && !event.ctrlKey) input(event.deltaY < 0);
    };
    const onTouch = () => input(false);
    const onKey = (event: KeyboardEvent) => {
      if (event.target === element && SCROLL_KEYS.has(event.key)) {
        input(UPWARD_KEYS.has(event.key) || (event.key === " " && event.shiftKey));
      }
    };
    const onPointerMove = (event: PointerEvent) => {
      // Selecting text scrolls at the edges.
      if (event.buttons !== 0) input(false);
    };
    const onScroll = () => {
      let next = window.current;
      if (performance.now() - lastInput < INPUT_MS) {
        const toEnd = element.scrollHeight - element.clientHeight - element.scrollTop;
        next = place.scrolledByUser(next, toEnd, head.current);
      }
      const view = viewOf(rows, element);
      if (view) next = place.checkEdges(next, view, head.current);
      // Before the next scroll, or the anchor would be where the view no longer is.
      if (next !== window.current) flushSync(() => change(next));
    };

    const passive = { passive: true };
    element.addEventListener("wheel", onWheel, passive);
    element.addEventListener("touchmove", onTouch, passive);
    element.addEventListener("pointermove", onPointerMove, passive);
    element.addEventListener("keydown", onKey);
    element.addEventListener("scroll", onScroll, passive);
    return () => {
      element.removeEventListener("wheel", onWheel);
      element.removeEventListener("touchmove", onTouch);
      element.removeEventListener("pointermove", onPointerMove);
      element.removeEventListener("keydown", onKey);
      element.removeEventListener("scroll", onScroll);
    };
  }, [box, rows, window, head, change]);
}
