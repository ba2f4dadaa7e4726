import { IconArrowDown } from "@tabler/icons-react";

import { t } from "@/lib/messages";

import { holds } from "../lines/line-range";
import type { LineRange } from "../lines/line-range";
import type { LogBuffer } from "../entries/log-buffer";
import { LogRow } from "../rows/log-row";
import { texts } from "../log-texts";
import type { RowActions } from "../rows/row-actions";
import type { LogScroll } from "./use-log-window";
import styles from "../log-pane.module.css";

type RowsProps = Pick<LogScroll, "rows" | "base"> & {
  buffer: LogBuffer;
  /** Each row's place is the number of its line. */
  numbered: boolean;
  open: ReadonlySet<number>;
  chosen: LineRange | null;
  found: number | null;
  since: number | null;
  actions: RowActions;
};

export function Rows({ buffer, rows, base, numbered, open, chosen, found, since, actions }: RowsProps) {
  const items = rows.getVirtualItems();
  return (
    <div className={styles.window} style={{ height: rows.getTotalSize() }}>
      <div className={styles.rows} style={{ transform: `translateY(${items[0]?.start ?? 0}px)` }}>
        {items.map((item) => {
          const place = base + item.index + 1;
          const entry = buffer.get(place);
          const sequence = entry?.sequence ?? (numbered ? place : null);
          return (
            <LogRow
              key={item.key}
              sequence={sequence}
              row={item.index}
              entry={entry}
              result={buffer.resultOf(place)}
              open={sequence !== null && open.has(sequence)}
              marked={sequence !== null && holds(chosen, sequence)}
              found={sequence !== null && sequence === found}
              since={since}
              measure={rows.measureElement}
              actions={actions}
            />
          );
        })}
      </div>
    </div>
  );
}

export function Nothing({ ready, live, whole }: { ready: boolean; live: boolean; whole: boolean }) {
  const kept = live ? texts.waiting : texts.empty;
  const word = whole ? kept : t.logTools.filter.nothing;
  return <p className={styles.nothing}>{ready ? word : texts.loading}</p>;
}

export function ToEnd({ live, unread, onClick }: { live: boolean; unread: number; onClick: () => void }) {
  return (
    <button type="button" className={styles.follow} onClick={onClick}>
      <IconArrowDown aria-hidden />
      {live ? texts.follow : texts.toEnd}
      {unread > 0 ? <span className={styles.unread}>· {texts.unread(unread)}</span> : null}
    </button>
  );
}

export function Trouble({ problem, retry }: { problem: unknown; retry: () => void }) {
  return (
    <span className={styles.trouble} role="alert">
      {texts.problem} {problem instanceof Error ? problem.message : null}{" "}
      <button type="button" onClick={retry}>
        {texts.retry}
      </button>
    </span>
  );
}
