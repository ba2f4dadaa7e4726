import { IconArrowLeft, IconClock, IconCoin, IconCornerDownRight, IconGitBranch } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";

import type { Card, Execution, Usage } from "@/api/types";
import { copyText } from "@/lib/clipboard";
import { useNow } from "@/lib/clock";
import {
  elapsedSeconds,
  formatCompact,
  formatCost,
  formatDuration,
  formatNumber,
  formatTime,
} from "@/lib/format";
import { t } from "@/lib/messages";
import { notify } from "@/lib/notices";
import { isUnfinished } from "@/lib/status";
import { StatusBadge } from "@/ui/status-badge";

import styles from "./card-screen.module.css";

type Agent = { title: string; rehearsed: boolean };

type Props = {
  card: Card;
  execution: Execution | undefined;
  /** The run in whose session it goes on. */
  resumed: Execution | undefined;
  agent: Agent;
  connection: ReactNode;
};

function Resumes({ run }: { run: Execution }) {
  return (
    <Link
      className={styles.fact}
      to="/cards/$cardId"
      params={{ cardId: run.cardId }}
      search={{ execution: run.id }}
    >
      <IconCornerDownRight aria-hidden />
      {t.run.resumes(formatTime(run.startedAt ?? run.createdAt))}
    </Link>
  );
}

function Branch({ name }: { name: string }) {
  const copy = () =>
    copyText(name).then(
      () => notify("done", t.run.copied(name)),
      () => notify("problem", name),
    );
  return (
    <button type="button" className={styles.copy} title={t.run.copy} onClick={() => void copy()}>
      <IconGitBranch aria-hidden />
      {name}
    </button>
  );
}

function tokens(usage: Usage): { total: number; detail: string } | null {
  const cached = (usage.cacheReadTokens ?? 0) + (usage.cacheWriteTokens ?? 0);
  const total = (usage.inputTokens ?? 0) + (usage.outputTokens ?? 0) + cached;
  if (total === 0) return null;
  const detail = t.run.tokenDetail(
    formatNumber(usage.inputTokens ?? 0),
    formatNumber(usage.outputTokens ?? 0),
    formatNumber(cached),
  );
  return { total, detail };
}

function RunFacts({ execution }: { execution: Execution }) {
  const now = useNow(execution.startedAt !== null && isUnfinished(execution.status));
  const seconds = elapsedSeconds(execution, now);
  const used = execution.usage ? tokens(execution.usage) : null;
  const cost = execution.usage?.costUsd ?? null;
  return (
    <>
      <span className={styles.fact}>
        <code>{execution.command}</code>
      </span>
      {seconds === null ? null : (
        <span className={styles.fact}>
          <IconClock aria-hidden />
          {formatDuration(seconds)}
        </span>
      )}
      {cost === null && used === null ? null : (
        <span className={styles.fact} title={used?.detail}>
          <IconCoin aria-hidden />
          {[cost === null ? null : formatCost(cost), used ? t.run.tokens(formatCompact(used.total)) : null]
            .filter((part) => part !== null)
            .join(" · ")}
        </span>
      )}
    </>
  );
}

/** Which card this is, and the facts of the run that is read. */
export function CardHeader({ card, execution, resumed, agent, connection }: Props) {
  return (
    <>
      <div className={styles.title}>
        <Link
          className={styles.back}
          to="/projects/$projectId"
          params={{ projectId: card.projectId }}
          aria-label={t.problem.toBoard}
          title={t.problem.toBoard}
        >
          <IconArrowLeft size={18} aria-hidden />
        </Link>
        <span className={styles.number}>{t.card.number(card.number)}</span>
        <h1 title={card.title}>{card.title}</h1>
        <StatusBadge status={execution?.status ?? "idle"} />
      </div>
      <div className={styles.facts}>
        {execution ? <RunFacts execution={execution} /> : null}
        {resumed ? <Resumes run={resumed} /> : null}
        <span
          className={agent.rehearsed ? `${styles.fact} ${styles.rehearsal}` : styles.fact}
          title={agent.rehearsed ? t.agent.rehearsalTitle : undefined}
        >
          {agent.title}
        </span>
        {card.branch ? <Branch name={card.branch} /> : null}
        {connection}
      </div>
    </>
  );
}
