import { IconMessagePlus, IconPlayerTrackNext } from "@tabler/icons-react";

import { useResumeExecution } from "@/api/executions";
import type { Card, Execution } from "@/api/types";
import { openDialog } from "@/lib/dialogs";
import { t } from "@/lib/messages";
import { notify } from "@/lib/notices";
import { isUnfinished } from "@/lib/status";
import { Button } from "@/ui/button";

import styles from "./resume-button.module.css";

type Props = {
  card: Card;
  /** The run that is gone on with. */
  execution: Execution;
  /** It is the first thing to do. */
  primary?: boolean;
  /** Without the way to add words. */
  short?: boolean;
  onResumed: () => void;
};

/** Whether the run can be gone on with, now or once the card's other run is over. */
export function canResume({ status, nextActions }: Execution): boolean {
  return !isUnfinished(status) && nextActions.includes("resume");
}

/** Goes on with a run that is over; nothing where that is not possible. */
export function ResumeButton({ card, execution, primary = false, short = false, onResumed }: Props) {
  const resume = useResumeExecution();
  if (!canResume(execution)) return null;
  const busy = isUnfinished(card.activeExecution?.status ?? "idle");
  const variant = primary ? undefined : "default";
  const start = () =>
    resume.mutate(
      { executionId: execution.id },
      {
        onSuccess: () => {
          notify("done", t.run.resumed(execution.command, card.number));
          onResumed();
        },
      },
    );
  return (
    <div className={styles.resume} data-short={short || undefined}>
      <Button
        {...(variant && { variant })}
        {...(short ? {} : { leftSection: <IconPlayerTrackNext size={15} aria-hidden /> })}
        title={busy ? t.run.resumeBusy : t.run.resumeHint}
        disabled={busy}
        loading={resume.isPending}
        onClick={start}
      >
        {t.run.resume}
      </Button>
      {short ? null : (
        <Button
          {...(variant && { variant })}
          aria-label={t.run.resumeWith}
          title={busy ? t.run.resumeBusy : t.run.resumeWith}
          disabled={busy || resume.isPending}
          onClick={() => openDialog({ kind: "resume-with-note", cardId: card.id, executionId: execution.id })}
        >
          <IconMessagePlus size={16} aria-hidden />
        </Button>
      )}
    </div>
  );
}
