import { IconFilter } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";

import type { Execution } from "@/api/types";
import { useNow } from "@/lib/clock";
import {
  elapsedSeconds,
  formatCost,
  formatDate,
  formatDuration,
  formatNumber,
  formatTime,
  formatUtc,
} from "@/lib/format";
import { t } from "@/lib/messages";
import { isUnfinished } from "@/lib/status";
import { IconButton } from "@/ui/icon-button";
import rowLink from "@/ui/row-link.module.css";
import { StatusBadge } from "@/ui/status-badge";

import styles from "./runs-list.module.css";

export type RunRowProps = {
  run: Execution;
  /** Its place from the top, from 0, and how many there are; -1 where nobody knows yet. */
  index: number;
  count: number;
  agentTitle: (name: string) => string;
  onCard: (cardId: string) => void;
};

const unknown = "–";

function RunLink({ run }: { run: Execution }) {
  return (
    <Link
      className={`${rowLink.link} ${styles.link}`}
      to="/cards/$cardId"
      params={{ cardId: run.cardId }}
      search={{ execution: run.id }}
    >
      {run.command}
    </Link>
  );
}

function Duration({ run }: { run: Execution }) {
  const now = useNow(run.startedAt !== null && isUnfinished(run.status));
  const seconds = elapsedSeconds(run, now);
  return seconds === null ? unknown : formatDuration(seconds);
}

function Started({ run }: { run: Execution }) {
  const started = run.startedAt ?? run.createdAt;
  return (
    <time dateTime={started} title={formatUtc(started)}>
      {formatTime(started)}
    </time>
  );
}

/** What a run comes to is told at its turns, not as it grows, and no figure is better than an old one. */
const isOver = ({ status }: Execution) => !isUnfinished(status);

const lines = (run: Execution) => (isOver(run) ? formatNumber(run.headSequence) : unknown);

function cost(run: Execution): string {
  const { usage } = run;
  if (!isOver(run)) return unknown;
  const dollars = usage?.costUsd ?? null;
  return dollars === null ? unknown : formatCost(dollars);
}

function RemovedNote({ run }: { run: Execution }) {
  if (run.logRemovedAt === null) return null;
  return (
    <span className={styles.note} title={t.past.logRemovedHint}>
      {t.past.logRemoved(formatDate(run.logRemovedAt))}
    </span>
  );
}

function CardCell({ run, onCard }: Pick<RunRowProps, "run" | "onCard">) {
  return (
    <span className={styles.cell}>
      <span className={styles.cardNumber}>{t.card.number(run.cardNumber)}</span>
      <span className={styles.title} title={run.cardTitle}>
        {run.cardTitle}
      </span>
      <IconButton
        className={styles.only}
        label={t.past.onlyCard(run.cardNumber)}
        onClick={() => onCard(run.cardId)}
      >
        <IconFilter size={14} aria-hidden />
      </IconButton>
    </span>
  );
}

/** A run as a row of the table; a click anywhere opens it. */
export function RunRow({ run, index, agentTitle, onCard }: RunRowProps) {
  return (
    <tr className={rowLink.row} aria-rowindex={index + 2} data-run={run.id}>
      <th scope="row">
        <RunLink run={run} />
        <RemovedNote run={run} />
      </th>
      <td>
        <CardCell run={run} onCard={onCard} />
      </td>
      <td>
        <StatusBadge status={run.status} />
      </td>
      <td>{agentTitle(run.agent)}</td>
      <td>
        <Started run={run} />
      </td>
      <td className={styles.number}>
        <Duration run={run} />
      </td>
      <td className={styles.number}>{cost(run)}</td>
      <td className={styles.number}>{lines(run)}</td>
    </tr>
  );
}

/** The same on a phone. */
export function RunCard({ run, index, count, agentTitle }: RunRowProps) {
  return (
    <li
      className={`${rowLink.row} ${styles.card}`}
      data-run={run.id}
      aria-posinset={index + 1}
      aria-setsize={count}
    >
      <span className={styles.line}>
        <RunLink run={run} />
        <StatusBadge status={run.status} />
      </span>
      <span className={styles.line}>
        <span className={styles.cardNumber}>{t.card.number(run.cardNumber)}</span>
        <span className={styles.title}>{run.cardTitle}</span>
      </span>
      <span className={`${styles.line} ${styles.facts}`}>
        <Started run={run} />
        <span>
          <Duration run={run} />
        </span>
        {cost(run) === unknown ? null : <span>{cost(run)}</span>}
        {isOver(run) && run.logRemovedAt === null ? (
          <span>{t.past.linesOf(formatNumber(run.headSequence))}</span>
        ) : null}
        <span className={styles.title}>{agentTitle(run.agent)}</span>
      </span>
      <RemovedNote run={run} />
    </li>
  );
}
