import { useEffect, useRef, useState } from "react";
import type { KeyboardEvent, PointerEvent } from "react";

import { formatNumber } from "@/lib/format";

import { LogTicks } from "./log-ticks";
import type { Ticks } from "./log-ticks";
import { texts } from "../log-texts";
import styles from "./log-rail.module.css";

type Props = {
  controls: string;
  first: number;
  last: number;
  head: number;
  ticks: Ticks;
  onJump: (sequence: number) => void;
  onEnd: () => void;
};

const LEAST_THUMB = 24;

/** Where the thumb is and how much of the rail it covers, both as a part of the whole. */
export function thumbOf(first: number, last: number, head: number): { at: number; size: number } {
  const shown = Math.max(1, last - first + 1);
  const before = Math.max(1, head - shown);
  return { at: Math.min(1, (first - 1) / before), size: Math.min(1, shown / Math.max(1, head)) };
}

/** Where a key on the rail leads, or null. */
function moveOf(key: string, first: number, head: number): number | null {
  const step = Math.max(1, Math.round(head / 100));
  switch (key) {
    case "PageUp":
      return first - step;
    case "PageDown":
      return first + step;
    case "ArrowUp":
      return first - 1;
    case "ArrowDown":
      return first + 1;
    case "Home":
      return 1;
    case "End":
      return head;
    default:
      return null;
  }
}

/** Drags of the pointer as places in the log, one a frame: a pointer reports more often than the page can draw. */
function useDrag({ first, last, head }: Props, go: (sequence: number) => void) {
  const [dragged, setDragged] = useState<number | null>(null);
  const frame = useRef(0);
  useEffect(() => () => cancelAnimationFrame(frame.current), []);
  const drag = (event: PointerEvent<HTMLDivElement>) => {
    const { top, height } = event.currentTarget.getBoundingClientRect();
    const part = Math.max(0, Math.min(1, (event.clientY - top) / height));
    const sequence = part > 0.995 ? head : Math.round(1 + part * Math.max(0, head - 1 - (last - first)));
    setDragged(sequence);
    cancelAnimationFrame(frame.current);
    frame.current = requestAnimationFrame(() => go(sequence));
  };
  const handlers = {
    onPointerDown: (event: PointerEvent<HTMLDivElement>) => {
      event.currentTarget.setPointerCapture(event.pointerId);
      drag(event);
    },
    onPointerMove: (event: PointerEvent<HTMLDivElement>) => {
      if (event.currentTarget.hasPointerCapture(event.pointerId)) drag(event);
    },
    onLostPointerCapture: () => setDragged(null),
  };
  return { dragged, handlers };
}

/** Stands in for the scroll bar: the box scrolls within a window of the log, the rail within all of it. */
export function LogRail(props: Props) {
  const { controls, first, last, head, ticks, onJump, onEnd } = props;
  const go = (sequence: number) => (sequence >= head ? onEnd() : onJump(Math.max(1, sequence)));
  const { dragged, handlers } = useDrag(props, go);
  const press = (event: KeyboardEvent) => {
    const next = moveOf(event.key, first, head);
    if (next === null) return;
    event.preventDefault();
    go(next);
  };
  const fits = first <= 1 && last >= head;
  const { at, size } = thumbOf(first, last, head);
  const height = `max(${LEAST_THUMB}px, ${size * 100}%)`;
  return (
    <div
      className={styles.rail}
      role="scrollbar"
      tabIndex={fits ? -1 : 0}
      data-own-keys=""
      data-fits={fits || undefined}
      aria-label={texts.rail}
      aria-controls={controls}
      aria-orientation="vertical"
      aria-valuemin={1}
      aria-valuemax={Math.max(1, head)}
      aria-valuenow={Math.min(first, Math.max(1, head))}
      aria-valuetext={texts.place(first, last, head)}
      aria-describedby={`${controls}-ticks`}
      onKeyDown={press}
      {...handlers}
    >
      <LogTicks id={`${controls}-ticks`} {...ticks} />
      <div className={styles.thumb} style={{ height, top: `calc(${at} * (100% - ${height}))` }}>
        {dragged === null ? null : <span className={styles.bubble}>{formatNumber(dragged)}</span>}
      </div>
    </div>
  );
}
