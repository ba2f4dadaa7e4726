import { IconLink, IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect, useState } from "react";

import { cardQuery } from "@/api/cards";
import { recoveryQuery } from "@/api/server";
import type { RecoveredRun } from "@/api/types";
import { formatNumber, formatUtc } from "@/lib/format";
import { t } from "@/lib/messages";
import { announce } from "@/lib/notices";
import { IconButton } from "@/ui/icon-button";

import { interruptedRuns, recoveryLine } from "./recovery-words";
import styles from "./server-notices.module.css";

/** The report that was dismissed last, by its start. */
const DISMISSED = "retoma-recovery-dismissed";
const MOST_LINKS = 5;

function RunLink({ run }: { run: RecoveredRun }) {
  const card = useQuery(cardQuery(run.cardId)).data;
  if (!card) return null;
  return (
    <Link
      to="/cards/$cardId"
      params={{ cardId: run.cardId }}
      search={{ execution: run.executionId }}
      title={run.reason ?? undefined}
    >
      {t.recovery.link(card.number, run.command)}
    </Link>
  );
}

/** What the last start of the server found, in one line, until it is dismissed. */
export function RecoveryNotice() {
  const recovery = useQuery(recoveryQuery).data;
  const [dismissed, setDismissed] = useState(() => localStorage.getItem(DISMISSED));
  const line = recovery && recovery.startedAt !== dismissed ? recoveryLine(recovery) : null;
  const complete = recovery?.completedAt !== null;
  useEffect(() => {
    if (line !== null && complete) announce(line);
  }, [line, complete]);
  if (!recovery || line === null) return null;
  const interrupted = interruptedRuns(recovery);
  const more = interrupted.length - MOST_LINKS;
  const dismiss = () => {
    localStorage.setItem(DISMISSED, recovery.startedAt);
    setDismissed(recovery.startedAt);
  };
  return (
    <section className={styles.notice} aria-label={t.recovery.region}>
      <IconLink className={styles.icon} aria-hidden />
      <p title={formatUtc(recovery.startedAt)}>
        {line}
        {interrupted.slice(0, MOST_LINKS).map((run) => (
          <RunLink key={run.executionId} run={run} />
        ))}
        {more > 0 ? <span> {t.recovery.more(formatNumber(more))}</span> : null}
      </p>
      <IconButton label={t.recovery.dismiss} onClick={dismiss}>
        <IconX size={15} aria-hidden />
      </IconButton>
    </section>
  );
}
