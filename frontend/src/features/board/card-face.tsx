import { IconDots, IconPlayerPlay } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { memo, useRef } from "react";
import type { MouseEvent } from "react";

import { useResumeExecution } from "@/api/executions";
import type { ActiveExecution, Card } from "@/api/types";
import { useNow } from "@/lib/clock";
import { elapsedSeconds, formatCost, formatDuration } from "@/lib/format";
import { t } from "@/lib/messages";
import { notify } from "@/lib/notices";
import { isUnfinished, statusWord } from "@/lib/status";
import { IconButton } from "@/ui/icon-button";
import { StatusBadge } from "@/ui/status-badge";

import styles from "./card-face.module.css";
import { useDraggableCard } from "./drag";

export type MenuKind = "run" | "actions" | "move";
export type OpenMenu = (kind: MenuKind, card: Card, button: HTMLElement) => void;

type Props = {
  card: Card;
  agentTitle: string;
  rehearsed: boolean;
  grabbed: boolean;
  menuOpen: boolean;
  /** Which of how many cards of the column it is. */
  place: number;
  count: number;
  onMenu: OpenMenu;
};

function RunLine({ execution }: { execution: ActiveExecution }) {
  const now = useNow(execution.startedAt !== null && isUnfinished(execution.status));
  const seconds = elapsedSeconds(execution, now);
  const cost = execution.usage?.costUsd ?? null;
  return (
    <div className={styles.run} data-figures>
      <code>{execution.command}</code>
      {seconds === null ? null : <span>{formatDuration(seconds)}</span>}
      {cost === null ? null : <span>{formatCost(cost)}</span>}
    </div>
  );
}

function Buttons({ card, onMenu }: Pick<Props, "card" | "onMenu">) {
  const status = card.activeExecution?.status ?? "idle";
  const open = (kind: MenuKind) => (event: MouseEvent<HTMLButtonElement>) =>
    onMenu(kind, card, event.currentTarget);
  return (
    <div className={styles.buttons}>
      {isUnfinished(status) ? null : (
        <IconButton label={t.card.run(card.number)} aria-haspopup="menu" onClick={open("run")}>
          <IconPlayerPlay size={15} aria-hidden />
        </IconButton>
      )}
      <IconButton label={t.card.actions(card.number)} aria-haspopup="menu" onClick={open("actions")}>
        <IconDots size={15} aria-hidden />
      </IconButton>
    </div>
  );
}

/** Goes on with the interrupted run; where that is not possible, the server says why. */
function Resume({ card, executionId }: { card: Card; executionId: string }) {
  const resume = useResumeExecution();
  return (
    <button
      type="button"
      className={styles.resume}
      title={t.run.resumeHint}
      disabled={resume.isPending}
      onClick={() =>
        resume.mutate(
          { executionId },
          { onSuccess: ({ command }) => notify("done", t.run.resumed(command, card.number)) },
        )
      }
    >
      {t.run.resume}
    </button>
  );
}

/** A card on the board: plain elements, because a column that is scrolled mounts many of them. */
export const CardFace = memo(function CardFace(props: Props) {
  const { card, agentTitle, rehearsed, grabbed, menuOpen, place, count, onMenu } = props;
  const ref = useRef<HTMLElement>(null);
  const dragging = useDraggableCard(ref, card);
  const execution = card.activeExecution;
  const status = execution?.status ?? "idle";
  const name = t.card.name(card.number, card.title, statusWord(status), place, count, t.column[card.column]);
  return (
    <article
      ref={ref}
      className={styles.card}
      data-status={status}
      data-dragging={dragging}
      data-grabbed={grabbed}
      data-menu={menuOpen}
    >
      <div className={styles.top}>
        <StatusBadge status={status} />
      </div>
      <Link
        className={styles.title}
        to="/cards/$cardId"
        params={{ cardId: card.id }}
        draggable={false}
        data-card={card.id}
        aria-label={name}
      >
        <span className={styles.number}>{t.card.number(card.number)}</span> {card.title}
      </Link>
      {execution ? <RunLine execution={execution} /> : null}
      {execution?.lastLine ? (
        <div className={styles.line} title={execution.lastLine}>
          {execution.lastLine}
        </div>
      ) : null}
      {status === "queued" && !execution?.lastLine ? (
        <div className={styles.line}>{t.card.waitsForStart}</div>
      ) : null}
      {card.labels.length > 0 ? (
        <ul className={styles.labels} aria-label={t.form.labels}>
          {card.labels.map((label) => (
            <li key={label}>{label}</li>
          ))}
        </ul>
      ) : null}
      <div className={styles.foot}>
        <span
          className={rehearsed ? `${styles.agent} ${styles.rehearsal}` : styles.agent}
          title={rehearsed ? t.agent.rehearsalTitle : undefined}
        >
          {agentTitle}
        </span>
        {status === "waiting" ? (
          <Link
            className={styles.answer}
            to="/cards/$cardId"
            params={{ cardId: card.id }}
            hash="question"
            draggable={false}
          >
            {t.card.answer}
          </Link>
        ) : null}
        {execution?.status === "interrupted" ? <Resume card={card} executionId={execution.id} /> : null}
        <Buttons card={card} onMenu={onMenu} />
      </div>
    </article>
  );
});
