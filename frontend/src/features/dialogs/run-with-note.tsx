import { NativeSelect, Textarea } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { FormEvent } from "react";

import { cardQuery } from "@/api/cards";
import { useRunCommand } from "@/api/executions";
import type { Command } from "@/api/types";
import { commands } from "@/api/types";
import { t } from "@/lib/messages";
import { ProblemText } from "@/ui/problem-text";
import { notify } from "@/lib/notices";
import { Button } from "@/ui/button";

import styles from "./dialogs.module.css";
import { Frame } from "./frame";

const commandOf = (name: string): Command => commands.find((command) => command === name) ?? "/plan";

type Props = { cardId: string; command: string; onClose: () => void };

/** Starts a command with the user's own words beside the card. */
export function RunWithNote({ cardId, command: initial, onClose }: Props) {
  const card = useQuery(cardQuery(cardId)).data;
  const run = useRunCommand();
  const [command, setCommand] = useState<Command>(commandOf(initial));
  const [prompt, setPrompt] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const note = prompt.trim();
    run.mutate(note ? { cardId, command, prompt: note } : { cardId, command }, {
      onSuccess: () => {
        if (card) notify("done", t.card.started(command, card.number));
        onClose();
      },
    });
  };
  return (
    <Frame title={t.run.promptTitle} onClose={onClose}>
      <form className={styles.form} onSubmit={submit}>
        <NativeSelect
          label={t.run.promptCommand}
          description={t.command[command]}
          data={[...commands]}
          value={command}
          onChange={(event) => setCommand(commandOf(event.currentTarget.value))}
        />
        <Textarea
          label={t.run.promptLabel}
          description={t.run.promptHint}
          value={prompt}
          onChange={(event) => setPrompt(event.currentTarget.value)}
          rows={5}
          data-autofocus
        />
        <ProblemText error={run.error} />
        <div className={styles.actions}>
          <Button variant="default" onClick={onClose}>
            {t.form.discard}
          </Button>
          <Button type="submit" loading={run.isPending}>
            {t.run.start(command)}
          </Button>
        </div>
      </form>
    </Frame>
  );
}
