import "@mantine/core/styles/Input.css";

import { NativeSelect, TextInput } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { FormEvent } from "react";

import { agentsQuery } from "@/api/agents";
import { Problem } from "@/api/client";
import { useAddProject, useAddSampleProject } from "@/api/projects";
import type { Agent, Project } from "@/api/types";
import { t } from "@/lib/messages";
import { Button } from "@/ui/button";
import { ProblemText } from "@/ui/problem-text";
import { TextWithCode } from "@/ui/text-with-code";

import styles from "./add-project.module.css";

type Props = { onAdded: (project: Project) => void };

function nameOf(path: string): string {
  return (
    path
      .replace(/[/\\]+$/, "")
      .split(/[/\\]/)
      .at(-1) ?? path
  );
}

/** A real agent that is there; without one the rehearsal. */
function bestAgent(agents: readonly Agent[]): string | undefined {
  const there = agents.filter((agent) => agent.available);
  return (there.find((agent) => agent.name !== "rehearsal") ?? there[0])?.name;
}

/** The agents that can't work yet, and what would help. */
function Unready({ agents }: { agents: readonly Agent[] }) {
  const unready = agents.filter(({ available, signedIn }) => !available || signedIn === false);
  return unready.map(({ name, title, available, hint }) => (
    <p key={name} className={styles.unready}>
      <IconAlertTriangle size={16} aria-hidden />
      <span>
        <strong>{available ? t.agent.signedOut(title) : t.agent.missing(title)}.</strong>{" "}
        {hint ? <TextWithCode text={hint} /> : null}
      </span>
    </p>
  ));
}

function PathForm({ onAdded }: Props) {
  const add = useAddProject();
  const [path, setPath] = useState("");
  const [name, setName] = useState("");
  const agents = useQuery(agentsQuery).data ?? [];
  const [chosen, setChosen] = useState<string | null>(null);
  const agent = chosen ?? bestAgent(agents);
  const problem = add.error instanceof Problem ? add.error : null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const folder = path.trim();
    add.mutate({ path: folder, name: name.trim() || nameOf(folder), agent }, { onSuccess: onAdded });
  };
  return (
    <form className={styles.form} onSubmit={submit}>
      <TextInput
        label={t.projects.path}
        description={t.projects.pathHint}
        value={path}
        onChange={(event) => setPath(event.currentTarget.value)}
        error={problem?.field("path")}
        autoComplete="off"
        spellCheck={false}
        required
        withAsterisk={false}
      />
      <TextInput
        label={t.projects.name}
        description={t.projects.nameHint}
        placeholder={nameOf(path.trim())}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        error={problem?.field("name")}
        autoComplete="off"
      />
      <NativeSelect
        label={t.agent.label}
        description={t.projects.agentHint}
        data={agents.map(({ name: value, title, available }) => ({
          value,
          label: available ? title : t.agent.missing(title),
          disabled: !available,
        }))}
        value={agent}
        onChange={(event) => setChosen(event.currentTarget.value)}
      />
      <Unready agents={agents} />
      <ProblemText error={problem?.field("path") || problem?.field("name") ? null : add.error} />
      <div>
        <Button type="submit" loading={add.isPending} disabled={path.trim() === ""}>
          {t.projects.add}
        </Button>
      </div>
    </form>
  );
}

/** The way to a project: a folder on this machine, or the sample. */
export function AddProject({ onAdded }: Props) {
  const sample = useAddSampleProject();
  return (
    <div className={styles.screen}>
      <div className={styles.column}>
        <div>
          <h1>{t.projects.welcome}</h1>
          <p className={styles.intro}>{t.projects.intro}</p>
        </div>
        <PathForm onAdded={onAdded} />
        <section className={styles.sample}>
          <h2>{t.projects.sampleTitle}</h2>
          <p>{t.projects.sampleHint}</p>
          <Button
            variant="default"
            loading={sample.isPending}
            onClick={() => sample.mutate(undefined, { onSuccess: onAdded })}
          >
            {t.projects.sample}
          </Button>
          <ProblemText error={sample.error} />
        </section>
      </div>
    </div>
  );
}
