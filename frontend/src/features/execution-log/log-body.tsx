import { useCallback, useId, useImperativeHandle, useLayoutEffect, useRef } from "react";
import type { Ref } from "react";

import { ChosenLines } from "./lines/chosen-lines";
import { firstOf } from "./lines/line-range";
import type { LogMoves } from "./log-moves";
import { LogRail } from "./window/log-rail";
import { Nothing, Rows, ToEnd, Trouble } from "./window/log-rows";
import type { EntrySource, LogSource } from "./entries/log-source";
import type { Ticks } from "./window/log-ticks";
import { takePlace, usePlaceKept } from "./window/kept-place";
import { PrintedLog } from "./printed-log";
import { texts } from "./log-texts";
import { useHighlights } from "./search/use-highlights";
import type { LineHash } from "./lines/use-line-hash";
import { useLog } from "./entries/use-log";
import type { Log } from "./entries/use-log";
import { useLogKeys } from "./use-log-keys";
import { useLogWindow } from "./window/use-log-window";
import type { LogScroll } from "./window/use-log-window";
import { useRevealed } from "./search/use-revealed";
import type { Found } from "./search/use-revealed";
import { useRowActions } from "./rows/use-row-actions";
import type { ViewSettings } from "./toolbar/view-settings";
import styles from "./log-pane.module.css";

/** Read on both sides of what is on the screen. */
const ROWS_AHEAD = 150;

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
  named: number | null;
  whole: boolean;
  goTo: (line: number) => void;
};

/** The pages of what is on the screen and around it are read; the line of the address is gone to once the head is known. */
function useReading(log: Log, scroll: LogScroll, { start, named, whole, goTo }: Start): void {
  const { buffer, loader, ready } = log;
  const visited = useRef(false);
  useLayoutEffect(() => {
    if (!ready || visited.current) return;
    visited.current = true;
    const first = start === undefined ? (takePlace() ?? named) : start;
    if (typeof first === "number" && !(whole && first > buffer.head)) goTo(first);
  }, [ready, start, named, whole, buffer, goTo]);
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
  executionId: string;
  headSequence: number;
  live: boolean;
  /** The line to begin at: null is the end, undefined the one of the page's address. */
  start: number | null | undefined;
  moves: Ref<LogMoves>;
  /** The lines that the address names. */
  hash: LineHash;
  readText: LogSource["readText"];
  /** The line that a search or a step went to. */
  found: Found | null;
  query: string;
  settings: ViewSettings;
  /** When the run began, in ms since the epoch. */
  startedAt: number;
  ticks: Ticks;
};

/** The lines themselves, in a window that moves over them, and the rail beside it. */
export function LogBody(props: Props) {
  const { source, headSequence, live, start, moves, hash, found, query, settings, startedAt, ticks } = props;
  const { whole } = source;
  const log = useLog(source, live, whole ? headSequence : 0);
  const head = log.ready ? log.buffer.head : 0;
  const scroll = useLogWindow(head);
  const { box, rows, base, following, visible, jump, follow } = scroll;
  const goTo = useGoTo(source, jump);
  const { chosen } = hash;
  const rowState = useRowActions(source, scroll, hash, goTo);
  const { open, actions } = rowState;
  useReading(log, scroll, { start, named: chosen && firstOf(chosen), whole, goTo });
  useHighlights(box, query);
  useRevealed(found, scroll, actions.toggle);
  usePlaceKept(head === 0 || !whole ? null : following ? "end" : visible.first);
  useNewHeights(scroll, settings.wrap);
  useMoves(moves, { log, scroll, source, goTo });

  const root = useRef<HTMLDivElement>(null);
  const toStart = useCallback(() => jump(1), [jump]);
  useLogKeys(root, box, { toStart, toEnd: follow });
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
            numbered={whole}
            buffer={log.buffer}
            rows={rows}
            base={base}
            open={open}
            chosen={chosen}
            found={found?.line ?? null}
            since={settings.times === "relative" ? startedAt : null}
            actions={actions}
          />
        </div>
        {head === 0 ? <Nothing ready={log.ready} live={live} whole={whole} /> : null}
        {following || head === 0 ? null : <ToEnd live={live} unread={scroll.unread} onClick={follow} />}
        <LogRail controls={id} {...visible} head={head} ticks={ticks} onJump={jump} onEnd={follow} />
      </div>
      <PrintedLog buffer={log.buffer} open={open} actions={actions} />
      <footer className={styles.foot}>
        <ChosenLines
          {...props}
          scroll={scroll}
          // With a filter on, the last entry that is read may be newer than what the board knows of.
          known={Math.max(headSequence, whole ? head : (log.buffer.get(head)?.sequence ?? 0))}
          filtered={!whole}
          rows={rowState}
          root={root}
        />
        {log.problem === null ? null : <Trouble problem={log.problem} retry={log.retry} />}
        <span className={styles.place}>
          {head === 0 ? null : texts.place(visible.first, visible.last, head)}
        </span>
      </footer>
    </>
  );
}
