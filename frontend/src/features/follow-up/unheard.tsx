import { useEffect, useRef } from "react";

import type { Execution } from "@/api/types";
import { openDialog } from "@/lib/dialogs";
import { t } from "@/lib/messages";
import { forgetUnsent } from "@/lib/unsent";
import { Button } from "@/ui/button";

import styles from "./follow-up.module.css";
import { undeliveredOf } from "./pending";

type Props = {
  execution: Execution;
  draft: string;
  resumed: boolean;
  busy: boolean;
  /** It stands where the field was until a moment ago. */
  takesFocus: boolean;
  /** What the server said about it. */
  why: string | null;
};

/** Words that a run which is over did not hear, and the way to go on with them. */
export function Unheard({ execution, draft, resumed, busy, takesFocus, why }: Props) {
  const lost = resumed ? [] : undeliveredOf(execution);
  const hasDraft = draft.trim() !== "";
  const section = useRef<HTMLElement>(null);
  useEffect(() => {
    // Who was typing when the run ended has lost the field, and finds its words here.
    if (takesFocus && hasDraft && document.activeElement === document.body) section.current?.focus();
    // Only when it appears.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, []);
  if (lost.length === 0 && !hasDraft) return null;
  const canResume = execution.nextActions.includes("resume");
  return (
    <section ref={section} className={styles.unheard} aria-label={t.followUp.unsent} tabIndex={-1}>
      <ul>
        {lost.map(({ n, text }) => (
          <li key={n}>
            <span className={styles.reason}>{t.followUp.notDelivered}</span>
            <span className={styles.text}>{text}</span>
          </li>
        ))}
        {hasDraft ? (
          <li>
            <span className={styles.reason} title={why ?? undefined}>
              {t.followUp.notSent}
            </span>
            <span className={styles.text}>{draft}</span>
          </li>
        ) : null}
      </ul>
      <div className={styles.buttons}>
        {canResume ? (
          <Button
            disabled={busy}
            title={busy ? t.run.resumeBusy : t.run.resumeHint}
            onClick={() =>
              openDialog({
                kind: "resume-with-note",
                cardId: execution.cardId,
                executionId: execution.id,
              })
            }
          >
            {t.followUp.resumeWith}
          </Button>
        ) : null}
        {hasDraft ? (
          <Button variant="default" onClick={() => forgetUnsent(execution.id)}>
            {t.followUp.discard}
          </Button>
        ) : null}
      </div>
    </section>
  );
}
