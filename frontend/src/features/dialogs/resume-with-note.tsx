import { Textarea } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import type { FormEvent, KeyboardEvent } from "react";

import { cardQuery } from "@/api/cards";
import { executionQuery, useResumeExecution } from "@/api/executions";
import type { Execution } from "@/api/types";
import { formatTime } from "@/lib/format";
import { t } from "@/lib/messages";
import { ProblemText } from "@/ui/problem-text";
import { notify } from "@/lib/notices";
import { forgetUnsent, readUnsent } from "@/lib/unsent";
import { Button } from "@/ui/button";

import styles from "./dialogs.module.css";
import { Frame } from "./frame";

type Props = { cardId: string; executionId: string; onClose: () => void };

/** What the run ended too early for goes along by itself. */
function GoesAlong({ execution }: { execution: Execution }) {
  const unheard = execution.messages.filter(({ state }) => state === "undelivered");
  if (unheard.length === 0) return null;
  return (
    <div className={styles.along}>
      {t.run.goesAlong}
      <ul>
        {unheard.map(({ n, text }) => (
          <li key={n}>{text}</li>
        ))}
      </ul>
    </div>
  );
}

function Form({ execution, cardId, onClose }: Omit<Props, "executionId"> & { execution: Execution }) {
  const card = useQuery(cardQuery(cardId)).data;
  const resume = useResumeExecution();
  const navigate = useNavigate();
  const [prompt, setPrompt] = useState(() => readUnsent(execution.id).draft);
  const send = () => {
    const note = prompt.trim();
    resume.mutate(note ? { executionId: execution.id, prompt: note } : { executionId: execution.id }, {
      onSuccess: () => {
        forgetUnsent(execution.id);
        if (card) notify("done", t.run.resumed(execution.command, card.number));
        onClose();
        // The new run is the card's own, and opens live.
        void navigate({ to: "/cards/$cardId", params: { cardId }, search: {} });
      },
    });
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    send();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || resume.isPending) return;
    event.preventDefault();
    send();
  };
  return (
    <form className={styles.form} onSubmit={submit} onKeyDown={onKeyDown}>
      <p className={styles.text}>
        {t.run.resumeText(execution.command, formatTime(execution.startedAt ?? execution.createdAt))}
      </p>
      <GoesAlong execution={execution} />
      <Textarea
        label={t.run.promptLabel}
        description={t.run.noteOptional}
        value={prompt}
        onChange={(event) => setPrompt(event.currentTarget.value)}
        rows={5}
        data-autofocus
      />
      <ProblemText error={resume.error} />
      <div className={styles.actions}>
        <span className={styles.shortcut}>{t.form.shortcut}</span>
        <Button variant="default" onClick={onClose}>
          {t.form.discard}
        </Button>
        <Button type="submit" loading={resume.isPending}>
          {t.run.resume}
        </Button>
      </div>
    </form>
  );
}

/** Goes on with a run that is over, with the user's own words. */
export function ResumeWithNote({ executionId, ...rest }: Props) {
  const execution = useQuery(executionQuery(executionId)).data;
  return (
    <Frame title={t.run.resumeTitle} onClose={rest.onClose}>
      {execution ? <Form execution={execution} {...rest} /> : null}
    </Frame>
  );
}
