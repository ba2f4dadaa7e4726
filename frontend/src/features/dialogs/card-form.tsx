import { NativeSelect, TextInput, Textarea } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useRef, useState } from "react";
import type { FormEvent, KeyboardEvent } from "react";

import { agentsQuery } from "@/api/agents";
import { columnOf, columns } from "@/api/board-state";
import { Problem } from "@/api/client";
import { projectsQuery } from "@/api/projects";
import type { Column } from "@/api/types";
import { t } from "@/lib/messages";
import { Button } from "@/ui/button";
import { ProblemText } from "@/ui/problem-text";

import { labelsOf } from "./labels";
import styles from "./dialogs.module.css";

export type CardValues = {
  title: string;
  description: string;
  agent: string | null;
  labels: string[];
  column: Column;
};

type Props = {
  projectId: string;
  initial: CardValues;
  submitLabel: string;
  busy: boolean;
  error: Error | null;
  /** A card that is there already changes its column by being moved. */
  fixedColumn?: boolean;
  onChange?: (values: CardValues) => void;
  onSubmit: (values: CardValues) => void;
  onClose: () => void;
};

function useAgentChoices(projectId: string) {
  const agents = useQuery(agentsQuery).data ?? [];
  const project = useQuery(projectsQuery).data?.find((each) => each.id === projectId);
  const title = (name: string) => agents.find((agent) => agent.name === name)?.title ?? name;
  return [
    { value: "", label: t.agent.projectDefault(title(project?.agent ?? "")) },
    ...agents.map((agent) => ({
      value: agent.name,
      label: agent.available ? agent.title : t.agent.missing(agent.title),
    })),
  ];
}

type PlaceProps = {
  projectId: string;
  values: CardValues;
  fixedColumn: boolean;
  set: (change: Partial<CardValues>) => void;
};

function PlaceFields({ projectId, values, fixedColumn, set }: PlaceProps) {
  const choices = useAgentChoices(projectId);
  return (
    <div className={styles.pair}>
      <NativeSelect
        label={t.agent.label}
        data={choices}
        value={values.agent ?? ""}
        onChange={(event) => set({ agent: event.currentTarget.value || null })}
      />
      {fixedColumn ? null : (
        <NativeSelect
          label={t.form.column}
          data={columns.map((column) => ({ value: column, label: t.column[column] }))}
          value={values.column}
          onChange={(event) => set({ column: columnOf(event.currentTarget.value) })}
        />
      )}
    </div>
  );
}

/** The fields of a card. */
export function CardForm(props: Props) {
  const {
    projectId,
    initial,
    submitLabel,
    busy,
    error,
    fixedColumn = false,
    onChange,
    onSubmit,
    onClose,
  } = props;
  const [values, setValues] = useState(initial);
  // Kept as it is typed: a comma at its end is not yet a label.
  const [labels, setLabels] = useState(initial.labels.join(", "));
  const form = useRef<HTMLFormElement>(null);
  const problem = error instanceof Problem ? error : null;
  const set = (change: Partial<CardValues>) => {
    const next = { ...values, ...change };
    setValues(next);
    onChange?.(next);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSubmit({ ...values, title: values.title.trim() });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.current?.requestSubmit();
  };
  return (
    <form ref={form} className={styles.form} onSubmit={submit} onKeyDown={onKeyDown}>
      <TextInput
        label={t.form.title}
        placeholder={t.form.titleHint}
        value={values.title}
        error={problem?.field("title")}
        onChange={(event) => set({ title: event.currentTarget.value })}
        autoComplete="off"
        data-autofocus
        required
        withAsterisk={false}
      />
      <Textarea
        label={t.form.description}
        description={t.form.descriptionHint}
        value={values.description}
        error={problem?.field("description")}
        onChange={(event) => set({ description: event.currentTarget.value })}
        rows={9}
        resize="vertical"
      />
      <PlaceFields projectId={projectId} values={values} fixedColumn={fixedColumn} set={set} />
      <TextInput
        label={t.form.labels}
        placeholder={t.form.labelsHint}
        value={labels}
        error={problem?.field("labels")}
        onChange={(event) => {
          setLabels(event.currentTarget.value);
          set({ labels: labelsOf(event.currentTarget.value) });
        }}
        autoComplete="off"
      />
      <ProblemText error={problem?.field("title") || problem?.field("description") ? null : error} />
      <div className={styles.actions}>
        <kbd className={styles.shortcut}>{t.form.shortcut}</kbd>
        <Button variant="default" onClick={onClose}>
          {t.form.discard}
        </Button>
        <Button type="submit" loading={busy} disabled={values.title.trim() === ""}>
          {submitLabel}
        </Button>
      </div>
    </form>
  );
}
