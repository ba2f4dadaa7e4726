import { Button } from "@mantine/core";
import { IconMessagePlus, IconPencil, IconPlayerPlay, IconPlayerStop, IconTrash } from "@tabler/icons-react";

import { useClearCard, useResumeExecution, useRunCommand } from "@/api/executions";
import { commands } from "@/api/types";
import type { Card, Command, Execution } from "@/api/types";
import { openDialog } from "@/lib/dialogs";
import { t } from "@/lib/messages";
import { notify } from "@/lib/notices";
import { isUnfinished } from "@/lib/status";
import { IconButton } from "@/ui/icon-button";

import styles from "./card-screen.module.css";
import { nextCommand } from "./next-command";

type Props = {
  card: Card;
  /** The run that is read; the card's latest or an earlier one. */
  execution: Execution | undefined;
  onStarted: () => void;
};

function Commands({ card, onStarted }: Pick<Props, "card" | "onStarted">) {
  const run = useRunCommand();
  const next = nextCommand(card);
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

function AfterRun({ card, execution, onStarted }: Props) {
  const clear = useClearCard();
  const resume = useResumeExecution();
  const active = card.activeExecution;
  const resumable = execution?.nextActions.includes("resume") ? execution : null;
  return (
    <>
      {resumable ? (
        <Button
          variant="default"
          leftSection={<IconPlayerPlay size={15} aria-hidden />}
          loading={resume.isPending}
          onClick={() => resume.mutate(resumable.id, { onSuccess: onStarted })}
        >
          {t.card.resume}
        </Button>
      ) : null}
      <Commands card={card} onStarted={onStarted} />
      <IconButton
        label={t.run.addPrompt}
        onClick={() => openDialog({ kind: "run-with-note", cardId: card.id, command: nextCommand(card) })}
      >
        <IconMessagePlus size={17} aria-hidden />
      </IconButton>
      {active ? (
        <Button
          variant="default"
          title={t.card.clearHint}
          loading={clear.isPending}
          onClick={() => clear.mutate(card.id, { onSuccess: () => notify("done", t.card.cleared(card.number)) })}
        >
          {t.card.clear}
        </Button>
      ) : null}
    </>
  );
}

/** What can be done with the card now. */
export function RunActions({ card, execution, onStarted }: Props) {
  const active = card.activeExecution;
  return (
    <div className={styles.actions}>
      {active && isUnfinished(active.status) ? (
        <Button
          variant="default"
          leftSection={<IconPlayerStop size={15} aria-hidden />}
          onClick={() => openDialog({ kind: "cancel-run", cardId: card.id, executionId: active.id })}
        >
          {t.card.cancel}
        </Button>
      ) : (
        <AfterRun card={card} execution={execution} onStarted={onStarted} />
      )}
      <IconButton label={t.card.edit} onClick={() => openDialog({ kind: "edit-card", cardId: card.id })}>
        <IconPencil size={17} aria-hidden />
      </IconButton>
      <IconButton label={t.card.delete} onClick={() => openDialog({ kind: "delete-card", cardId: card.id })}>
        <IconTrash size={17} aria-hidden />
      </IconButton>
    </div>
  );
}
