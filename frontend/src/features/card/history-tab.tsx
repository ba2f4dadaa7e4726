import { Link, useSearch } from "@tanstack/react-router";
import { Suspense, lazy, useState } from "react";

import type { Card, Execution } from "@/api/types";
import { useNow } from "@/lib/clock";
import {
  elapsedSeconds,
  formatCost,
  formatDuration,
  formatNumber,
  formatTime,
  formatUtc,
} from "@/lib/format";
import { t } from "@/lib/messages";
import { isUnfinished } from "@/lib/status";
import { WaitScreen } from "@/ui/screen";
import rowLink from "@/ui/row-link.module.css";
import { StatusBadge } from "@/ui/status-badge";
import { VisuallyHidden } from "@/ui/visually-hidden";

import styles from "./history-tab.module.css";
import { NeverRun } from "./never-run";
import { ResumeButton } from "./resume-button";
import { TickBar } from "./tick-bar";

const CompareRuns = lazy(() => import("./compare-runs").then((module) => ({ default: module.CompareRuns })));

type Props = {
  card: Card;
  executions: readonly Execution[];
  shownId: string | undefined;
  agentTitle: (name: string) => string;
  onResumed: () => void;
};

type RowProps = Omit<Props, "executions" | "shownId"> & {
  execution: Execution;
  /** The run in whose session it goes on. */
  resumed: Execution | undefined;
  shown: boolean;
  ticked: boolean;
  onTick: () => void;
};

const unknown = "–";

function Row({ card, execution, resumed, shown, ticked, onTick, agentTitle, onResumed }: RowProps) {
  const now = useNow(execution.startedAt !== null && isUnfinished(execution.status));
  const seconds = elapsedSeconds(execution, now);
  const started = execution.startedAt ?? execution.createdAt;
  const cost = execution.usage?.costUsd ?? null;
  return (
    <tr className={rowLink.row} aria-current={shown ? "true" : undefined}>
      <td className={styles.tick}>
        <input
          type="checkbox"
          checked={ticked}
          aria-label={t.compare.tick(execution.command, formatTime(started))}
          onChange={onTick}
        />
      </td>
      <th scope="row">
        <Link
          className={rowLink.link}
          to="/cards/$cardId"
          params={{ cardId: card.id }}
          search={{ execution: execution.id }}
        >
          {execution.command}
        </Link>
        {resumed ? (
          <span className={styles.note}>
            {t.history.resumes(formatTime(resumed.startedAt ?? resumed.createdAt))}
          </span>
        ) : null}
        {execution.logRemovedAt === null ? null : (
          <span className={styles.note} title={formatUtc(execution.logRemovedAt)}>
            {t.removed.short}
          </span>
        )}
        {execution.isActive ? <span className={styles.note}>{t.history.latest}</span> : null}
        <span className={`${styles.note} ${styles.narrow}`}>
          <time dateTime={started}>{formatTime(started)}</time>
          {seconds === null ? null : ` · ${formatDuration(seconds)}`}
        </span>
      </th>
      <td>
        <StatusBadge status={execution.status} />
      </td>
      <td className={styles.wide}>{agentTitle(execution.agent)}</td>
      <td className={styles.wide}>
        <time dateTime={started} title={formatUtc(started)}>
          {formatTime(started)}
        </time>
      </td>
      <td className={`${styles.number} ${styles.wide}`}>
        {seconds === null ? unknown : formatDuration(seconds)}
      </td>
      <td className={`${styles.number} ${styles.wide}`}>{formatNumber(execution.headSequence)}</td>
      <td className={`${styles.number} ${styles.wide}`}>{cost === null ? unknown : formatCost(cost)}</td>
      <td className={styles.action}>
        <ResumeButton card={card} execution={execution} short onResumed={onResumed} />
      </td>
    </tr>
  );
}

function Head() {
  const number = styles.number;
  return (
    <thead>
      <tr>
        <th scope="col">
          <VisuallyHidden>{t.compare.column}</VisuallyHidden>
        </th>
        <th scope="col">{t.history.command}</th>
        <th scope="col">{t.history.status}</th>
        <th scope="col" className={styles.wide}>
          {t.history.agent}
        </th>
        <th scope="col" className={styles.wide}>
          {t.history.started}
        </th>
        <th scope="col" className={`${number} ${styles.wide}`}>
          {t.history.duration}
        </th>
        <th scope="col" className={`${number} ${styles.wide}`}>
          {t.history.lines}
        </th>
        <th scope="col" className={`${number} ${styles.wide}`}>
          {t.history.cost}
        </th>
        <th scope="col">
          <VisuallyHidden>{t.history.actions}</VisuallyHidden>
        </th>
      </tr>
    </thead>
  );
}

/** The card's runs, newest first; a click reads one's log, two ticks compare. */
export function HistoryTab({ executions, shownId, ...rest }: Props) {
  const { compare } = useSearch({ from: "/cards/$cardId" });
  const [ticked, setTicked] = useState<readonly string[]>([]);
  const { card, agentTitle } = rest;
  if (executions.length === 0) return <NeverRun card={card} hasHistory={false} />;
  if (compare !== undefined) {
    return (
      <Suspense fallback={<WaitScreen label={t.wait.history} />}>
        <CompareRuns card={card} executions={executions} ids={compare.split(",")} agentTitle={agentTitle} />
      </Suspense>
    );
  }
  // Two are enough: a third tick takes the place of the first.
  const tick = (id: string) =>
    setTicked(ticked.includes(id) ? ticked.filter((each) => each !== id) : [...ticked, id].slice(-2));
  return (
    <div className={styles.scroll}>
      {executions.length > 1 ? (
        <TickBar cardId={card.id} ticked={ticked} onClear={() => setTicked([])} />
      ) : null}
      <table className={styles.table}>
        <caption>
          <VisuallyHidden>{t.history.caption}</VisuallyHidden>
        </caption>
        <Head />
        <tbody>
          {executions.map((execution) => (
            <Row
              key={execution.id}
              execution={execution}
              resumed={executions.find((each) => each.id === execution.attemptOf)}
              shown={execution.id === shownId}
              ticked={ticked.includes(execution.id)}
              onTick={() => tick(execution.id)}
              {...rest}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}
