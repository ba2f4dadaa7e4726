// The window and the virtualiser are changed in place: a scroll has to see at once what the one before it did, and the
// rows of the place where the view is going to be have to be known while they are rendered.
/* oxlint-disable react/refs, react/immutability, react/incompatible-library */
import { useVirtualizer } from "@tanstack/react-virtual";
import type { Virtualizer } from "@tanstack/react-virtual";
import { useCallback, useLayoutEffect, useReducer, useRef } from "react";
import type { RefObject } from "react";

import * as place from "./log-window";
import type { Layout, LogWindow } from "./log-window";
import { useUserScroll } from "./use-user-scroll";

type Rows = Virtualizer<HTMLDivElement, HTMLDivElement>;

export type LogScroll = {
  box: RefObject<HTMLDivElement | null>;
  rows: Rows;
  base: number;
  following: boolean;
  /** First and last sequence on the screen, without the rows kept ready around it. */
  visible: { first: number; last: number };
  /** Entries that came since the reader last saw the end. */
  unread: number;
  jump: (sequence: number) => void;
  follow: () => void;
  /** Stops following where the view is. */
  stay: () => void;
  /** The reader takes over where the view is: nothing holds it any more. */
  letGo: () => void;
};

function layoutOf(rows: Rows): Layout {
  const total = rows.getTotalSize();
  return {
    start: (row) => rows.measurementsCache[row]?.start ?? Math.max(0, row) * place.ROW_HEIGHT,
    total,
    viewport: rows.scrollRect?.height ?? 0,
  };
}

/** Forgets the heights of rows that have left the window: a run may print for days. */
function forgetHeights(rows: Rows, window: LogWindow): void {
  if (rows.itemSizeCache.size < 2 * place.WINDOW_ROWS) return;
  for (const key of rows.itemSizeCache.keys()) {
    const sequence = Number(key);
    if (sequence <= window.base || sequence > window.base + place.WINDOW_ROWS) rows.itemSizeCache.delete(key);
  }
}

/** Puts the view where the window's hold wants it. After every render: heights may have changed above. */
function useHeldOffset(
  box: RefObject<HTMLDivElement | null>,
  rows: Rows,
  window: RefObject<LogWindow>,
): void {
  useLayoutEffect(() => {
    const element = box.current;
    // Asking the page for its heights makes it lay itself out at once: not where nothing depends on them.
    if (!element || window.current.hold.by === "nothing") return;
    // The end is where the element ends: rows that are mounted but not measured yet are counted too.
    const total = Math.max(rows.getTotalSize(), element.scrollHeight);
    const offset = place.heldOffset(window.current, {
      ...layoutOf(rows),
      total,
      viewport: element.clientHeight,
    });
    if (offset === null) return;
    if (Math.abs(element.scrollTop - offset) > (place.following(window.current) ? 0 : 1)) {
      element.scrollTop = offset;
    }
    rows.scrollOffset = element.scrollTop;
    window.current = place.settled(window.current);
  });
}

/** How many entries came since the reader last saw the end; the first head counts as seen. */
function useUnread(head: number, lastVisible: number, following: boolean): number {
  const seen = useRef(0);
  seen.current = following || seen.current === 0 ? head : Math.max(seen.current, Math.min(head, lastVisible));
  return head - seen.current;
}

/** The bounded window of a log over the virtualiser: where it stands, what holds it, and the moves a reader can make. */
export function useLogWindow(head: number): LogScroll {
  const box = useRef<HTMLDivElement>(null);
  const window = useRef<LogWindow>({ base: 0, hold: { by: "end" } });
  const [, render] = useReducer((count: number) => count + 1, 0);
  window.current = place.grow(window.current, head);
  const { base } = window.current;

  const rows = useVirtualizer<HTMLDivElement, HTMLDivElement>({
    count: place.rowsOf(window.current, head),
    getScrollElement: () => box.current,
    estimateSize: () => place.ROW_HEIGHT,
    overscan: 12,
    getItemKey: useCallback((row: number) => base + row + 1, [base]),
  });
  // The rows of the place where the view is going to be are rendered now, not a frame after it got there.
  const offset = place.heldOffset(window.current, layoutOf(rows));
  if (offset !== null) rows.scrollOffset = offset;
  rows.getVirtualItems();

  const change = useCallback(
    (next: LogWindow) => {
      if (next === window.current) return;
      if (next.base !== window.current.base) forgetHeights(rows, next);
      window.current = next;
      render();
    },
    [rows],
  );
  const latestHead = useRef(head);
  useLayoutEffect(() => {
    latestHead.current = head;
  });
  useHeldOffset(box, rows, window);
  useUserScroll({ box, rows, window, head: latestHead, change });

  const following = place.following(window.current);
  const first = base + (rows.range?.startIndex ?? 0) + 1;
  const last = Math.min(head, base + (rows.range?.endIndex ?? 0) + 1);
  return {
    box,
    rows,
    base,
    following,
    visible: { first, last },
    unread: useUnread(head, last, following),
    jump: useCallback((sequence: number) => change(place.jump(sequence, latestHead.current)), [change]),
    follow: useCallback(() => change(place.follow(window.current, latestHead.current)), [change]),
    stay: useCallback(() => change(place.stay(window.current)), [change]),
    letGo: useCallback(() => change(place.release(place.stay(window.current))), [change]),
  };
}
