import { IconArrowDown } from "@tabler/icons-react";
import { useCallback, useId, useLayoutEffect, useMemo, useRef, useState } from "react";

import type { LogBuffer } from "./log-buffer";
import { LogRail } from "./log-rail";
import { LogRow } from "./log-row";
import type { LogSource } from "./log-source";
import { texts } from "./log-texts";
import { takePlace, usePlaceKept } from "./place";
import { PrintedLog } from "./printed-log";
import type { RowActions } from "./row-actions";
import { useLineHash } from "./use-line-hash";
import type { LineHash } from "./use-line-hash";
import { useLog } from "./use-log";
import type { Log } from "./use-log";
import { useLogKeys } from "./use-log-keys";
import { useLogWindow } from "./use-log-window";
import type { LogScroll } from "./use-log-window";
import styles from "./log-pane.module.css";

/** Read on both sides of what is on the screen. */
const ROWS_AHEAD = 150;

type Props = { source: LogSource; headSequence: number; live: boolean };

/** Which entries are open, and the rows' way to say so. */
function useRowActions(
  source: LogSource,
  scroll: LogScroll,
  hash: LineHash,
): [ReadonlySet<number>, RowActions] {
  const [open, setOpen] = useState<ReadonlySet<number>>(new Set());
  const { box, stay, jump } = scroll;
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
      if (row && row.getBoundingClientRect().top < top - 1) jump(sequence);
    },
    [box, stay, jump],
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

/** The pages of what is on the screen and around it are read; the line of the address is gone to once the head is known. */
function useReading(log: Log, scroll: LogScroll, marked: number | null): void {
  const { buffer, loader, ready } = log;
  const { jump } = scroll;
  const visited = useRef(false);
  useLayoutEffect(() => {
    if (!ready || visited.current) return;
    visited.current = true;
    const start = takePlace() ?? marked;
    if (start !== null && start <= buffer.head) jump(start);
  }, [ready, marked, buffer, jump]);
  const { first, last } = scroll.visible;
  useLayoutEffect(() => {
    if (ready) loader.want({ first: first - ROWS_AHEAD, last: last + ROWS_AHEAD });
  });
}

export function LogPane({ source, headSequence, live }: Props) {
  const log = useLog(source, live, headSequence);
  const head = log.ready ? log.buffer.head : 0;
  const scroll = useLogWindow(head);
  const { box, rows, base, following, visible, jump, follow } = scroll;
  const hash = useLineHash(jump);
  const { marked, mark } = hash;
  const [open, actions] = useRowActions(source, scroll, hash);
  useReading(log, scroll, marked);
  usePlaceKept(following || head === 0 ? null : visible.first);

  const root = useRef<HTMLElement>(null);
  const toStart = useCallback(() => jump(1), [jump]);
  const toEnd = useCallback(() => {
    mark(null);
    follow();
  }, [mark, follow]);
  useLogKeys(root, box, { toStart, toEnd });
  const id = useId();
  return (
    <section ref={root} className={styles.pane} aria-label={texts.log}>
      <div className={styles.frame}>
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
          <Rows buffer={log.buffer} rows={rows} base={base} open={open} marked={marked} actions={actions} />
        </div>
        {head === 0 ? <Nothing ready={log.ready} live={live} /> : null}
        {following || head === 0 ? null : <ToEnd live={live} unread={scroll.unread} onClick={toEnd} />}
        <LogRail controls={id} {...visible} head={head} onJump={jump} onEnd={toEnd} />
      </div>
      <PrintedLog buffer={log.buffer} open={open} actions={actions} />
      <footer className={styles.foot}>
        {log.problem === null ? null : <Trouble problem={log.problem} retry={log.retry} />}
        <span className={styles.place}>
          {head === 0 ? null : texts.place(visible.first, visible.last, head)}
        </span>
      </footer>
    </section>
  );
}

type RowsProps = Pick<LogScroll, "rows" | "base"> & {
  buffer: LogBuffer;
  open: ReadonlySet<number>;
  marked: number | null;
  actions: RowActions;
};

function Rows({ buffer, rows, base, open, marked, actions }: RowsProps) {
  const items = rows.getVirtualItems();
  return (
    <div className={styles.window} style={{ height: rows.getTotalSize() }}>
      <div className={styles.rows} style={{ transform: `translateY(${items[0]?.start ?? 0}px)` }}>
        {items.map((item) => {
          const sequence = base + item.index + 1;
          return (
            <LogRow
              key={item.key}
              sequence={sequence}
              row={item.index}
              entry={buffer.get(sequence)}
              result={buffer.resultOf(sequence)}
              open={open.has(sequence)}
              marked={sequence === marked}
              measure={rows.measureElement}
              actions={actions}
            />
          );
        })}
      </div>
    </div>
  );
}

function Nothing({ ready, live }: { ready: boolean; live: boolean }) {
  const word = live ? texts.waiting : texts.empty;
  return <p className={styles.nothing}>{ready ? word : texts.loading}</p>;
}

function ToEnd({ live, unread, onClick }: { live: boolean; unread: number; onClick: () => void }) {
  return (
    <button type="button" className={styles.follow} onClick={onClick}>
      <IconArrowDown aria-hidden />
      {live ? texts.follow : texts.toEnd}
      {unread > 0 ? <span className={styles.unread}>· {texts.unread(unread)}</span> : null}
    </button>
  );
}

function Trouble({ problem, retry }: { problem: unknown; retry: () => void }) {
  return (
    <span className={styles.trouble} role="alert">
      {texts.problem} {problem instanceof Error ? problem.message : null}{" "}
      <button type="button" onClick={retry}>
        {texts.retry}
      </button>
    </span>
  );
}
