import { useCallback, useId, useImperativeHandle, useLayoutEffect, useMemo, useRef, useState } from "react";
import type { Ref } from "react";

import type { LogMoves } from "./log-moves";
import { LogRail } from "./log-rail";
import { Nothing, Rows, ToEnd, Trouble } from "./log-rows";
import type { EntrySource } from "./log-source";
import type { Ticks } from "./log-ticks";
import { takePlace, usePlaceKept } from "./place";
import { PrintedLog } from "./printed-log";
import type { RowActions } from "./row-actions";
import { texts } from "./log-texts";
import { useHighlights } from "./use-highlights";
import { useLineHash } from "./use-line-hash";
import type { LineHash } from "./use-line-hash";
import { useLog } from "./use-log";
import type { Log } from "./use-log";
import { useLogKeys } from "./use-log-keys";
import { useLogWindow } from "./use-log-window";
import type { LogScroll } from "./use-log-window";
import type { ViewSettings } from "./view-settings";
import styles from "./log-pane.module.css";

/** Read on both sides of what is on the screen. */
const ROWS_AHEAD = 150;

/** Which entries are open, and the rows' way to say so. */
function useRowActions(
  source: EntrySource,
  scroll: LogScroll,
  hash: LineHash,
  goTo: (line: number) => void,
): [ReadonlySet<number>, RowActions] {
  const [open, setOpen] = useState<ReadonlySet<number>>(new Set());
  const { box, stay } = scroll;
  const { mark } = hash;
  const toggle = useCallback(
    (sequence: number) => {
      // What is opened at the end would push itself out of the view.
      stay();
      setOpen((known) => {
        const next = new Set(known);
        if (!next.delete(sequence)) next.add(sequence);
        return next;
      });
      // A long entry that is folded from its end goes back to its beginning.
      const row = box.current?.querySelector(`[data-sequence="${sequence}"]`);
      const top = box.current?.getBoundingClientRect().top ?? 0;
      if (row && row.getBoundingClientRect().top < top - 1) goTo(sequence);
    },
    [box, stay, goTo],
  );
  const actions = useMemo<RowActions>(
    () => ({
      toggle,
      mark: (sequence) => {
        stay();
        mark(sequence);
      },
      readWhole: source.readWhole,
    }),
    [toggle, mark, stay, source],
  );
  return [open, actions];
}

/** The way to a line; an answer that comes after a later wish is not heard. */
function useGoTo(source: EntrySource, jump: (place: number) => void): (line: number) => void {
  const wish = useRef(0);
  return useCallback(
    (line: number) => {
      const own = ++wish.current;
      const place = source.placeAt(line);
      if (typeof place === "number") jump(place);
      // The log's own calls say what is wrong with the server.
      else place.then((known) => own === wish.current && jump(known)).catch(() => {});
    },
    [source, jump],
  );
}

type Start = {
  start: number | null | undefined;
  marked: number | null;
  whole: boolean;
  goTo: (line: number) => void;
};

/** The pages of what is on the screen and around it are read; the line of the address is gone to once the head is known. */
function useReading(log: Log, scroll: LogScroll, { start, marked, whole, goTo }: Start): void {
  const { buffer, loader, ready } = log;
  const visited = useRef(false);
  useLayoutEffect(() => {
    if (!ready || visited.current) return;
    visited.current = true;
    const first = start === undefined ? (takePlace() ?? marked) : start;
    if (first !== null && !(whole && first > buffer.head)) goTo(first);
  }, [ready, start, marked, whole, buffer, goTo]);
  const { first, last } = scroll.visible;
  useLayoutEffect(() => {
    if (ready) loader.want({ first: first - ROWS_AHEAD, last: last + ROWS_AHEAD });
  });
}

/** Lines that are wrapped otherwise have other heights: what was measured is forgotten, and the place is kept. */
function useNewHeights({ rows, visible, following, jump }: LogScroll, wrap: boolean): void {
  const known = useRef(wrap);
  const { first } = visible;
  useLayoutEffect(() => {
    if (known.current === wrap) return;
    known.current = wrap;
    rows.measure();
    if (!following) jump(first);
  }, [wrap, rows, following, first, jump]);
}

type Moving = { log: Log; scroll: LogScroll; source: EntrySource; goTo: (line: number) => void };

/** Gives what stands around the log its ways to move in it. */
function useMoves(moves: Ref<LogMoves>, { log, scroll, source, goTo }: Moving): void {
  const { box, visible, following } = scroll;
  useImperativeHandle(moves, () => {
    const lineAt = (place: number) => log.buffer.get(place)?.sequence ?? (source.whole ? place : 1);
    return {
      goTo,
      shown: () => ({ first: lineAt(visible.first), last: lineAt(visible.last), following }),
      focus: () => box.current?.focus(),
    };
  });
}

type Props = {
  source: EntrySource;
  headSequence: number;
  live: boolean;
  /** The line to begin at: null is the end, undefined the one of the page's address. */
  start: number | null | undefined;
  moves: Ref<LogMoves>;
  /** The line that a search or a step went to. */
  found: number | null;
  query: string;
  settings: ViewSettings;
  /** When the run began, in ms since the epoch. */
  startedAt: number;
  ticks: Ticks | null;
};

/** The lines themselves, in a window that moves over them, and the rail beside it. */
export function LogBody({
  source,
  headSequence,
  live,
  start,
  moves,
  found,
  query,
  settings,
  startedAt,
  ticks,
}: Props) {
  const log = useLog(source, live, headSequence);
  const head = log.ready ? log.buffer.head : 0;
  const scroll = useLogWindow(head);
  const { box, rows, base, following, visible, jump, follow } = scroll;
  const goTo = useGoTo(source, jump);
  const hash = useLineHash(goTo);
  const { marked, mark } = hash;
  const [open, actions] = useRowActions(source, scroll, hash, goTo);
  useReading(log, scroll, { start, marked, whole: source.whole, goTo });
  useHighlights(box, query);
  usePlaceKept(following || head === 0 || !source.whole ? null : visible.first);
  useNewHeights(scroll, settings.wrap);
  useMoves(moves, { log, scroll, source, goTo });

  const root = useRef<HTMLDivElement>(null);
  const toStart = useCallback(() => jump(1), [jump]);
  const toEnd = useCallback(() => {
    mark(null);
    follow();
  }, [mark, follow]);
  useLogKeys(root, box, { toStart, toEnd });
  const id = useId();
  return (
    <>
      <div
        ref={root}
        className={styles.frame}
        data-nowrap={!settings.wrap || undefined}
        data-times={settings.times}
      >
        <div
          ref={box}
          id={id}
          className={styles.box}
          role="log"
          aria-live="off"
          aria-label={texts.log}
          aria-busy={!log.ready}
          // A box that scrolls has to be reachable by keyboard.
          // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
          tabIndex={0}
          data-head={head}
          data-following={following || undefined}
        >
          <Rows
            numbered={source.whole}
            buffer={log.buffer}
            rows={rows}
            base={base}
            open={open}
            marked={marked}
            found={found}
            since={settings.times === "relative" ? startedAt : null}
            actions={actions}
          />
        </div>
        {head === 0 ? <Nothing ready={log.ready} live={live} whole={source.whole} /> : null}
        {following || head === 0 ? null : <ToEnd live={live} unread={scroll.unread} onClick={toEnd} />}
        <LogRail controls={id} {...visible} head={head} ticks={ticks} onJump={jump} onEnd={toEnd} />
      </div>
      <PrintedLog buffer={log.buffer} open={open} actions={actions} />
      <footer className={styles.foot}>
        {log.problem === null ? null : <Trouble problem={log.problem} retry={log.retry} />}
        <span className={styles.place}>
          {head === 0 ? null : texts.place(visible.first, visible.last, head)}
        </span>
      </footer>
    </>
  );
}
