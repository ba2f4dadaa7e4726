import { IconMessagePlus, IconPencil, IconPlayerStop, IconTrash } from "@tabler/icons-react";

import { useClearCard, useRunCommand } from "@/api/executions";
import { commands } from "@/api/types";
import type { Card, Command, Execution } from "@/api/types";
import { openDialog } from "@/lib/dialogs";
import { t } from "@/lib/messages";
import { notify } from "@/lib/notices";
import { isUnfinished } from "@/lib/status";
import { Button } from "@/ui/button";
import { IconButton } from "@/ui/icon-button";

import styles from "./card-screen.module.css";
import { nextCommand } from "./next-command";
import { ResumeButton } from "./resume-button";

type Props = {
  card: Card;
  /** The run that is read. One that is not the card's latest has its own line for what can be done about it. */
  shown: Execution | undefined;
  onStarted: () => void;
};

function Commands({ card, next, onStarted }: Pick<Props, "card" | "onStarted"> & { next: Command | null }) {
  const run = useRunCommand();
  const start = (command: Command) =>
    run.mutate(
      { cardId: card.id, command },
      {
        onSuccess: () => {
          notify("done", t.card.started(command, card.number));
          onStarted();
        },
      },
    );
  return (
    <div className={styles.commands} role="group" aria-label={t.run.commands}>
      {commands.map((command) => (
        <button
          key={command}
          type="button"
          className={styles.command}
          data-next={command === next}
          title={t.command[command]}
          disabled={run.isPending}
          onClick={() => start(command)}
        >
          {command}
        </button>
      ))}
    </div>
  );
}

function latestIn({ card, shown }: Pick<Props, "card" | "shown">): Execution | undefined {
  return shown?.id === card.activeExecution?.id ? shown : undefined;
}

function AfterRun({ card, shown, onStarted }: Props) {
  const clear = useClearCard();
  const active = latestIn({ card, shown });
  const next = nextCommand(card);
  const resumeFirst = active?.nextActions[0] === "resume";
  const resume = active ? (
    <ResumeButton card={card} execution={active} primary={resumeFirst} onResumed={onStarted} />
  ) : null;
  return (
    <>
      {resumeFirst ? resume : null}
      <Commands card={card} next={resumeFirst ? null : next} onStarted={onStarted} />
      <IconButton
        label={t.run.addPrompt}
        onClick={() => openDialog({ kind: "run-with-note", cardId: card.id, command: next ?? "/implement" })}
      >
        <IconMessagePlus size={17} aria-hidden />
      </IconButton>
      {resumeFirst ? null : resume}
      {card.activeExecution ? (
        <Button
          variant="default"
          title={t.card.clearHint}
          loading={clear.isPending}
          onClick={() =>
            clear.mutate(card.id, { onSuccess: () => notify("done", t.card.cleared(card.number)) })
          }
        >
          {t.card.clear}
        </Button>
      ) : null}
    </>
  );
}

function Cancel({ card, shown }: Omit<Props, "onStarted">) {
  const active = latestIn({ card, shown });
  const executionId = card.activeExecution?.id;
  if (executionId === undefined) return null;
  const cancelling = active !== undefined && !active.nextActions.includes("cancel");
  return (
    <Button
      variant="default"
      leftSection={<IconPlayerStop size={15} aria-hidden />}
      disabled={cancelling}
      title={cancelling ? t.run.cancellingHint : undefined}
      onClick={() => openDialog({ kind: "cancel-run", cardId: card.id, executionId })}
    >
      {cancelling ? t.run.cancelling : t.card.cancel}
    </Button>
  );
}

/** What can be done with the card now. */
export function RunActions(props: Props) {
  const { card } = props;
  return (
    <div className={styles.actions}>
      {isUnfinished(card.activeExecution?.status ?? "idle") ? <Cancel {...props} /> : <AfterRun {...props} />}
      <IconButton label={t.card.edit} onClick={() => openDialog({ kind: "edit-card", cardId: card.id })}>
        <IconPencil size={17} aria-hidden />
      </IconButton>
      <IconButton label={t.card.delete} onClick={() => openDialog({ kind: "delete-card", cardId: card.id })}>
        <IconTrash size={17} aria-hidden />
      </IconButton>
    </div>
  );
}
