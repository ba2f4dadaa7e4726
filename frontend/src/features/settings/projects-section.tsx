import { NativeSelect, TextInput } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { FormEvent } from "react";

import { Problem } from "@/api/client";
import { useUpdateProject } from "@/api/projects";
import type { Agent, Project } from "@/api/types";
import { openDialog } from "@/lib/dialogs";
import { t } from "@/lib/messages";
import { notify } from "@/lib/notices";
import { Button } from "@/ui/button";

import { Section } from "./section";
import styles from "./settings-screen.module.css";

type Props = { agents: readonly Agent[]; defaultDays: number };

const fieldsOf = ({ name, agent, retentionDays }: Project) => ({
  name,
  agent,
  days: retentionDays === null ? "" : String(retentionDays),
});

function ProjectForm({ project, agents, defaultDays }: Props & { project: Project }) {
  const update = useUpdateProject();
  const stored = fieldsOf(project);
  const [fields, setFields] = useState(stored);
  const set = (changes: Partial<typeof fields>) => setFields({ ...fields, ...changes });
  const problem = update.error instanceof Problem ? update.error : null;
  const changed =
    fields.name !== stored.name || fields.agent !== stored.agent || fields.days.trim() !== stored.days;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const days = fields.days.trim();
    update.mutate(
      {
        id: project.id,
        name: fields.name,
        agent: fields.agent,
        retentionDays: days === "" ? null : Number(days),
      },
      {
        onSuccess: (saved) => {
          setFields(fieldsOf(saved));
          notify("done", t.settings.saved(saved.name));
        },
      },
    );
  };
  return (
    <form className={styles.project} aria-label={project.name} onSubmit={submit}>
      <code>{project.path}</code>
      <div className={styles.fields}>
        <TextInput
          label={t.settings.name}
          value={fields.name}
          error={problem?.field("name")}
          onChange={(event) => set({ name: event.currentTarget.value })}
        />
        <NativeSelect
          label={t.settings.agent}
          value={fields.agent}
          data={agents.map(({ name, title, available }) => ({
            value: name,
            label: available ? (name === "rehearsal" ? t.agent.rehearsal : title) : t.agent.missing(title),
          }))}
          error={problem?.field("agent")}
          onChange={(event) => set({ agent: event.currentTarget.value })}
        />
        <TextInput
          label={t.settings.retention}
          type="number"
          min={0}
          max={36_500}
          value={fields.days}
          error={problem?.field("retentionDays")}
          onChange={(event) => set({ days: event.currentTarget.value })}
        />
      </div>
      <p className={styles.dim}>{t.settings.retentionDefault(defaultDays)}</p>
      {problem && problem.errors.length === 0 ? (
        <p className={styles.problem} role="alert">
          {problem.message}
        </p>
      ) : null}
      <div className={styles.actions}>
        <Button type="submit" disabled={!changed} loading={update.isPending}>
          {t.settings.save}
        </Button>
        <Button
          variant="default"
          className={styles.delete}
          aria-label={t.settings.deleteOf(project.name)}
          onClick={() => openDialog({ kind: "delete-project", projectId: project.id })}
        >
          {t.settings.deleteProject}
        </Button>
      </div>
    </form>
  );
}

/** Name, agent and retention of each project, and the way to be rid of one. */
export function ProjectsSection({ projects, ...props }: Props & { projects: readonly Project[] }) {
  return (
    <Section title={t.settings.projects}>
      {projects.length === 0 ? (
        <p className={styles.dim}>
          {t.settings.noProjects}{" "}
          <Link to="/" search={{ add: true }}>
            {t.nav.addProject}
          </Link>
        </p>
      ) : null}
      {projects.map((project) => (
        <ProjectForm key={project.id} project={project} {...props} />
      ))}
    </Section>
  );
}
