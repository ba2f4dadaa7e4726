import { memo } from "react";

import type { Entry } from "@/api/types";
import { formatUtc } from "@/lib/format";

import { EntryBody, isFromUser, isRecovery } from "./entry-body";
import { LineNumber } from "./line-number";
import { texts } from "../log-texts";
import type { RowActions } from "./row-actions";
import styles from "./log-row.module.css";

const two = (value: number): string => String(value).padStart(2, "0");

/** The time of day in the reader's zone, always HH:MM:SS. */
function timeOfDay(timestamp: string): string {
  const time = new Date(timestamp);
  return `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
}

/** The time since the run began: +0:42, +1:02:03. */
export function sinceStart(timestamp: string, start: number): string {
  const seconds = Math.max(0, Math.floor((Date.parse(timestamp) - start) / 1_000));
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60];
  const end = two(seconds % 60);
  return hours > 0 ? `+${hours}:${two(minutes)}:${end}` : `+${minutes}:${end}`;
}

/** What the entry looks like: its kind, and what Retoma itself, or the user, put between the agent's lines. */
function lookOf(entry: Entry): string {
  const { kind, data } = entry;
  if (isRecovery(entry)) return "recovery";
  if (isFromUser(entry)) return "user";
  if (kind === "request" && data?.["decision"] !== undefined) return "answer";
  if (kind !== "result") return kind;
  if (data?.["final"] === true) return "final";
  return data?.["isError"] === true ? "failed" : kind;
}

type Props = {
  /** `null` where it is not known yet which line stands here. */
  sequence: number | null;
  /** Row of the virtualiser's window. */
  row: number;
  /** `undefined` while its page is read, `null` where it is gone. */
  entry: Entry | null | undefined;
  /** What came of a tool call, where it is here. */
  result?: Entry | undefined;
  open: boolean;
  marked: boolean;
  found?: boolean;
  /** When the run began, in ms since the epoch: times are told from there. Null: the time of day. */
  since?: number | null;
  measure: (element: HTMLDivElement | null) => void;
  actions: RowActions;
};

/** One entry: its number, which is a link to it, its time, and what it says. */
export const LogRow = memo(function LogRow({
  sequence,
  row,
  entry,
  result,
  open,
  marked,
  found = false,
  since = null,
  measure,
  actions,
}: Props) {
  return (
    <div
      ref={measure}
      className={styles.row}
      data-index={row}
      data-sequence={sequence ?? undefined}
      data-look={entry ? lookOf(entry) : undefined}
      data-nested={typeof entry?.data?.["parentToolUseId"] === "string" || undefined}
      data-marked={marked || undefined}
      data-found={found || undefined}
    >
      {sequence === null ? (
        <span className={styles.number} />
      ) : (
        <LineNumber {...{ sequence, marked, actions }} />
      )}
      {entry ? (
        <time className={styles.time} dateTime={entry.timestamp} title={formatUtc(entry.timestamp)}>
          {since === null ? timeOfDay(entry.timestamp) : sinceStart(entry.timestamp, since)}
        </time>
      ) : (
        <span className={styles.time} />
      )}
      <div className={styles.body}>
        {entry ? (
          <EntryBody entry={entry} result={result} open={open} actions={actions} />
        ) : (
          <Missing gone={entry === null} row={row} />
        )}
      </div>
    </div>
  );
});

// Not by :nth-child(): the style of all rows would have to be found again whenever one is added in front.
const WIDTHS = ["38%", "61%", "24%"];

function Missing({ gone, row }: { gone: boolean; row: number }) {
  return gone ? (
    <p className={styles.note}>{texts.gone}</p>
  ) : (
    <div className={styles.skeleton} data-skeleton="" style={{ width: WIDTHS[row % WIDTHS.length] }} />
  );
}
