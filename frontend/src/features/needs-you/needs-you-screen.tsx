import { IconMoodCheck } from "@tabler/icons-react";
import type { ReactNode } from "react";

import type { Agent, AgentRequest, Execution, Project } from "@/api/types";
import { formatNumber } from "@/lib/format";
import { t } from "@/lib/messages";
import { PageFrame } from "@/ui/page-frame";
import { MessageScreen } from "@/ui/screen";

import { InterruptedRun } from "./interrupted-run";
import styles from "./needs-you-screen.module.css";
import { RunFacts } from "./run-facts";
import { useInboxFocus } from "./use-inbox-focus";

type Props = {
  runs: readonly Execution[];
  projects: readonly Project[];
  agents: readonly Agent[];
  connection: ReactNode;
  /** An agent's question with its answers. */
  question: (request: AgentRequest, agentTitle: string) => ReactNode;
};

type Item = { key: string; run: Execution; request: AgentRequest | null };

/** A run may ask more than one thing at a time: each is an item of its own. */
function itemsOf(runs: readonly Execution[]): readonly Item[] {
  return runs.flatMap((run): Item[] =>
    run.openRequests.length > 0
      ? run.openRequests.map((request) => ({ key: `${run.id} ${request.n}`, run, request }))
      : [{ key: run.id, run, request: null }],
  );
}

/** How many there are, and how to go through them. */
function Beside({ count }: { count: number }) {
  if (count === 0) return null;
  return (
    <>
      <span className={styles.count} aria-label={t.needsYou.count(formatNumber(count))}>
        {formatNumber(count)}
      </span>
      {count > 1 ? <span className={styles.keys}>{t.needsYou.keys}</span> : null}
    </>
  );
}

/** Everything that waits for a person: questions first, then runs whose end nobody saw. */
export function NeedsYouScreen({ runs, projects, agents, connection, question }: Props) {
  const items = itemsOf(runs);
  const list = useInboxFocus();
  const titleOf = (name: string) =>
    name === "rehearsal" ? t.agent.rehearsal : (agents.find((agent) => agent.name === name)?.title ?? name);
  return (
    <PageFrame title={t.needsYou.title} beside={<Beside count={items.length} />} end={connection}>
      {items.length === 0 ? (
        <MessageScreen
          level={2}
          icon={<IconMoodCheck size={32} aria-hidden />}
          title={t.needsYou.emptyTitle}
          text={t.needsYou.emptyText}
        />
      ) : (
        <ol ref={list} className={styles.list} aria-label={t.needsYou.list}>
          {items.map(({ key, run, request }) => (
            <li key={key} tabIndex={-1} aria-label={t.needsYou.open(run.cardNumber, run.cardTitle)}>
              <RunFacts
                run={run}
                request={request}
                agentTitle={titleOf(run.agent)}
                project={projects.find(({ id }) => id === run.projectId)?.name}
              />
              {request ? question(request, titleOf(run.agent)) : <InterruptedRun run={run} />}
            </li>
          ))}
        </ol>
      )}
    </PageFrame>
  );
}
