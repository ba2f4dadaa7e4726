import { useEffect, useRef, useState } from "react";
import type { KeyboardEvent, PointerEvent } from "react";

import { formatNumber } from "@/lib/format";

import { texts } from "./log-texts";
import styles from "./log-rail.module.css";

type Props = {
  controls: string;
  first: number;
  last: number;
  head: number;
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

/** Stands in for the scroll bar: the box scrolls within a window of the log, the rail within all of it. */
export function LogRail({ controls, first, last, head, onJump, onEnd }: Props) {
  const [dragged, setDragged] = useState<number | null>(null);
  const frame = useRef(0);
  const { at, size } = thumbOf(first, last, head);
  useEffect(() => () => cancelAnimationFrame(frame.current), []);

  const go = (sequence: number) => {
    if (sequence >= head) onEnd();
    else onJump(Math.max(1, sequence));
  };
  const drag = (event: PointerEvent<HTMLDivElement>) => {
    const { top, height } = event.currentTarget.getBoundingClientRect();
    const part = Math.max(0, Math.min(1, (event.clientY - top) / height));
    const shown = last - first;
    const sequence = part > 0.995 ? head : Math.round(1 + part * Math.max(0, head - 1 - shown));
    setDragged(sequence);
    // A pointer reports more often than the page can draw.
    cancelAnimationFrame(frame.current);
    frame.current = requestAnimationFrame(() => go(sequence));
  };
  const press = (event: KeyboardEvent) => {
    const step = Math.max(1, Math.round(head / 100));
    const moves: Record<string, number> = {
      PageUp: first - step,
      PageDown: first + step,
      ArrowUp: first - 1,
      ArrowDown: first + 1,
      Home: 1,
      End: head,
    };
    const next = moves[event.key];
    if (next === undefined) return;
    event.preventDefault();
    go(next);
  };

  const fits = first <= 1 && last >= head;
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
      onKeyDown={press}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        drag(event);
      }}
      onPointerMove={(event) => {
        if (event.currentTarget.hasPointerCapture(event.pointerId)) drag(event);
      }}
      onLostPointerCapture={() => setDragged(null)}
    >
      <div
        className={styles.thumb}
        style={{
          height: `max(${LEAST_THUMB}px, ${size * 100}%)`,
          top: `calc(${at} * (100% - max(${LEAST_THUMB}px, ${size * 100}%)))`,
        }}
      >
        {dragged === null ? null : <span className={styles.bubble}>{formatNumber(dragged)}</span>}
      </div>
    </div>
  );
}
