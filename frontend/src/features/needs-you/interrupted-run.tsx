import { IconPlayerTrackNext } from "@tabler/icons-react";

import { useClearCard, useResumeExecution } from "@/api/executions";
import type { Execution } from "@/api/types";
import { formatTime, formatUtc } from "@/lib/format";
import { t } from "@/lib/messages";
import { notify } from "@/lib/notices";
import { statusIcons } from "@/lib/status";
import { Button } from "@/ui/button";

import styles from "./needs-you-screen.module.css";

const Icon = statusIcons.interrupted;

/** A run that nobody saw the end of: it is gone on with, or put away. */
export function InterruptedRun({ run }: { run: Execution }) {
  const resume = useResumeExecution();
  const clear = useClearCard();
  const canResume = run.nextActions.includes("resume");
  const ended = run.completedAt ?? run.createdAt;
  const start = () =>
    resume.mutate(
      { executionId: run.id },
      { onSuccess: () => notify("done", t.run.resumed(run.command, run.cardNumber)) },
    );
  return (
    <section className={styles.interrupted}>
      <Icon className={styles.icon} size={20} aria-hidden />
      <div>
        <h3>
          {t.needsYou.interrupted(run.command)}{" "}
          <time className={styles.since} dateTime={ended} title={formatUtc(ended)}>
            {formatTime(ended)}
          </time>
        </h3>
        <p>
          {run.error} {canResume ? t.needsYou.resumes : t.needsYou.cannotResume}
        </p>
      </div>
      <div className={styles.buttons}>
        {canResume ? (
          <Button
            leftSection={<IconPlayerTrackNext size={15} aria-hidden />}
            title={t.run.resumeHint}
            loading={resume.isPending}
            onClick={start}
          >
            {t.run.resume}
          </Button>
        ) : null}
        <Button
          variant="default"
          title={t.card.clearHint}
          loading={clear.isPending}
          onClick={() => clear.mutate(run.cardId)}
        >
          {t.needsYou.putAway}
        </Button>
      </div>
    </section>
  );
}
