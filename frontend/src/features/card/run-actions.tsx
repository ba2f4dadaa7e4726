import { Button } from "@mantine/core";
import { IconMessagePlus, IconPencil, IconPlayerStop, IconTrash } from "@tabler/icons-react";

import { useClearCard, useRunCommand } from "@/api/executions";
import { commands } from "@/api/types";
import type { Card, Command } from "@/api/types";
import { openDialog } from "@/lib/dialogs";
import { t } from "@/lib/messages";
import { notify } from "@/lib/notices";
import { isUnfinished } from "@/lib/status";
import { IconButton } from "@/ui/icon-button";

import styles from "./card-screen.module.css";
import { nextCommand } from "./next-command";

type Props = {
  card: Card;
  onStarted: () => void;
};

function Commands({ card, onStarted }: Props) {
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

function AfterRun({ card, onStarted }: Props) {
  const clear = useClearCard();
  const active = card.activeExecution;
  return (
    <>
      <Commands card={card} onStarted={onStarted} />
      <IconButton
        label={t.run.addPrompt}
        onClick={() =>
          openDialog({ kind: "run-with-note", cardId: card.id, command: nextCommand(card) ?? "/implement" })
        }
      >
        <IconMessagePlus size={17} aria-hidden />
      </IconButton>
      {active ? (
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

/** What can be done with the card now. */
export function RunActions({ card, onStarted }: Props) {
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
        <AfterRun card={card} onStarted={onStarted} />
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
