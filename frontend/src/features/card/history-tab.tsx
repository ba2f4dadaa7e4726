import { Link } from "@tanstack/react-router";

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
import { StatusBadge } from "@/ui/status-badge";
import { VisuallyHidden } from "@/ui/visually-hidden";

import styles from "./history-tab.module.css";
import { ResumeButton } from "./resume-button";

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
};

const unknown = "–";

function Row({ card, execution, resumed, shown, agentTitle, onResumed }: RowProps) {
  const now = useNow(execution.startedAt !== null && isUnfinished(execution.status));
  const seconds = elapsedSeconds(execution, now);
  const started = execution.startedAt ?? execution.createdAt;
  const cost = execution.usage?.costUsd ?? null;
  return (
    <tr aria-current={shown ? "true" : undefined}>
      <th scope="row">
        <Link
          className={styles.link}
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
      </th>
      <td>
        <StatusBadge status={execution.status} />
      </td>
      <td className={styles.wide}>{agentTitle(execution.agent)}</td>
      <td>
        <time dateTime={started} title={formatUtc(started)}>
          {formatTime(started)}
        </time>
      </td>
      <td className={styles.number}>{seconds === null ? unknown : formatDuration(seconds)}</td>
      <td className={`${styles.number} ${styles.wide}`}>{formatNumber(execution.headSequence)}</td>
      <td className={`${styles.number} ${styles.wide}`}>{cost === null ? unknown : formatCost(cost)}</td>
      <td className={styles.action}>
        <ResumeButton card={card} execution={execution} short onResumed={onResumed} />
      </td>
    </tr>
  );
}

/** The card's runs, newest first; a click reads one's log. */
export function HistoryTab({ executions, shownId, ...rest }: Props) {
  if (executions.length === 0) return <p className={styles.none}>{t.history.none}</p>;
  return (
    <div className={styles.scroll}>
      <table className={styles.table}>
        <caption>
          <VisuallyHidden>{t.history.caption}</VisuallyHidden>
        </caption>
        <thead>
          <tr>
            <th scope="col">{t.history.command}</th>
            <th scope="col">{t.history.status}</th>
            <th scope="col" className={styles.wide}>
              {t.history.agent}
            </th>
            <th scope="col">{t.history.started}</th>
            <th scope="col" className={styles.number}>
              {t.history.duration}
            </th>
            <th scope="col" className={`${styles.number} ${styles.wide}`}>
              {t.history.lines}
            </th>
            <th scope="col" className={`${styles.number} ${styles.wide}`}>
              {t.history.cost}
            </th>
            <th scope="col">
              <VisuallyHidden>{t.history.actions}</VisuallyHidden>
            </th>
          </tr>
        </thead>
        <tbody>
          {executions.map((execution) => (
            <Row
              key={execution.id}
              execution={execution}
              resumed={executions.find((each) => each.id === execution.attemptOf)}
              shown={execution.id === shownId}
              {...rest}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}
