import { Link } from "@tanstack/react-router";
import { useEffect, useRef } from "react";

import type { Execution } from "@/api/types";
import { useNow } from "@/lib/clock";
import { elapsedSeconds, formatDuration } from "@/lib/format";
import { t } from "@/lib/messages";
import { isUnfinished, statusIcons, statusWord } from "@/lib/status";
import { VisuallyHidden } from "@/ui/visually-hidden";

import styles from "./phase-strip.module.css";

type Props = { cardId: string; executions: readonly Execution[]; shownId: string | undefined };

function Phase({ cardId, execution, shown }: { cardId: string; execution: Execution; shown: boolean }) {
  const now = useNow(execution.startedAt !== null && isUnfinished(execution.status));
  const seconds = elapsedSeconds(execution, now) ?? 0;
  const Icon = statusIcons[execution.status];
  const time = formatDuration(seconds);
  return (
    // Long runs are wider, but a minute beside an hour can still be read and clicked.
    <li style={{ flexGrow: Math.sqrt(Math.max(seconds, 1)) }}>
      <Link
        className={styles.phase}
        to="/cards/$cardId"
        params={{ cardId }}
        search={{ execution: execution.id }}
        data-run={execution.status}
        data-execution={execution.id}
        aria-current={shown ? "page" : undefined}
        title={t.run.phase(execution.command, statusWord(execution.status), time)}
      >
        <Icon aria-hidden />
        <span className={styles.command}>{execution.command}</span>
        <VisuallyHidden>{statusWord(execution.status)}</VisuallyHidden>
        <span className={styles.time}>{time}</span>
      </Link>
    </li>
  );
}

/** The card's runs from the first to the latest: a click reads one. */
export function PhaseStrip({ cardId, executions, shownId }: Props) {
  const list = useRef<HTMLOListElement>(null);
  useEffect(() => {
    const shown = list.current?.querySelector<HTMLElement>(`[data-execution="${shownId}"]`);
    if (shown && list.current) list.current.scrollLeft = shown.offsetLeft - list.current.clientWidth / 2;
  }, [shownId]);
  return (
    <ol ref={list} className={styles.strip} aria-label={t.run.phases}>
      {executions.toReversed().map((execution) => (
        <Phase key={execution.id} cardId={cardId} execution={execution} shown={execution.id === shownId} />
      ))}
    </ol>
  );
}
