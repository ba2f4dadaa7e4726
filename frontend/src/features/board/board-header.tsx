import { IconHandStop } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";

import type { Card, Project } from "@/api/types";
import { formatNumber } from "@/lib/format";
import { t } from "@/lib/messages";

import styles from "./board-screen.module.css";

type Props = { project: Project; cards: readonly Card[]; filter: ReactNode; connection: ReactNode };

/** Whose board it is, what goes on, and the way to the card that has waited longest for an answer. */
export function BoardHeader({ project, cards, filter, connection }: Props) {
  const running = cards.filter((card) => card.activeExecution?.status === "running").length;
  const waiting = cards
    .filter((card) => card.activeExecution?.status === "waiting")
    .toSorted((a, b) => a.updatedAt.localeCompare(b.updatedAt));
  const first = waiting[0];
  return (
    <header className={styles.header}>
      <h1 title={project.path}>{t.board.title(project.name)}</h1>
      {filter}
      <div className={styles.facts}>
        {running > 0 ? (
          <span className={styles.running}>{t.board.running(formatNumber(running))}</span>
        ) : null}
        {first ? (
          <Link
            className={styles.needs}
            to="/cards/$cardId"
            params={{ cardId: first.id }}
            hash="question"
            title={t.board.nextWaiting}
          >
            <IconHandStop size={14} aria-hidden />
            {t.board.needYou(waiting.length, formatNumber(waiting.length))}
          </Link>
        ) : null}
      </div>
      <div className={styles.end}>{connection}</div>
    </header>
  );
}
