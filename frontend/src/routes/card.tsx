import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { Suspense, lazy, useEffect } from "react";

import { agentsQuery } from "@/api/agents";
import { cardQuery } from "@/api/cards";
import { changesQuery } from "@/api/changes";
import { executionQuery, executionsQuery } from "@/api/executions";
import { stepsQuery } from "@/api/steps";
import type { Card, Execution } from "@/api/types";
import { CardScreen } from "@/features/card/card-screen";
import type { CardTab } from "@/features/card/card-screen";
import { ConnectionPill } from "@/features/connection/connection-pill";
import { RemovedLog } from "@/features/execution-log/removed-log";
import { FollowUp } from "@/features/follow-up/follow-up";
import { formatNumber } from "@/lib/format";
import { t } from "@/lib/messages";
import { usePageTitle } from "@/lib/page-title";
import { isUnfinished } from "@/lib/status";
import { useLiveBoard, useLiveExecution } from "@/live/use-live";
import { WaitScreen } from "@/ui/screen";

import { useCurrentProject } from "./current-project";

const LogView = lazy(() =>
  import("@/features/execution-log/log-view").then((module) => ({ default: module.LogView })),
);

const ChangesView = lazy(() =>
  import("@/features/changes/changes-view").then((module) => ({ default: module.ChangesView })),
);

type ChangesProps = { file: string | undefined; onFile: (path: string) => void };

/** What the card changed, and its short form on the tab; read again when a run of it begins or comes to stand otherwise. */
function useChanges(card: Card, shown: boolean, { file, onFile }: ChangesProps) {
  const moment = `${card.branch ?? ""} ${card.activeExecution?.id ?? ""} ${card.activeExecution?.status ?? ""}`;
  const query = useQuery({ ...changesQuery(card.id, moment, shown), enabled: shown || card.branch !== null });
  const found = query.data;
  const note =
    found && found.fileCount > 0
      ? t.changes.counts(formatNumber(found.additions), formatNumber(found.deletions))
      : undefined;
  const refresh = () => void query.refetch();
  const view = shown ? (
    <Suspense fallback={<WaitScreen label={t.changes.wait} />}>
      <ChangesView diff={found} error={query.error} file={file} onFile={onFile} onRefresh={refresh} />
    </Suspense>
  ) : null;
  return { note, view };
}

/** Reads the card's history again when the board shows a run that the history does not know yet. */
function useExecutions(card: Card): readonly Execution[] | undefined {
  const client = useQueryClient();
  const executions = useQuery(executionsQuery(card.id)).data;
  const active = card.activeExecution?.id;
  const known = active === undefined || !executions || executions.some((each) => each.id === active);
  useEffect(() => {
    if (!known) void client.invalidateQueries({ queryKey: executionsQuery(card.id).queryKey });
  }, [client, card.id, known]);
  return executions;
}

/** The run that is read, kept up to date; undefined where there is none. */
function useShownExecution(executionId: string | undefined, head: number): Execution | undefined {
  useLiveExecution(executionId, head);
  const query = useQuery({ ...executionQuery(executionId ?? ""), enabled: executionId !== undefined });
  if (query.error && !query.data) throw query.error;
  return query.data;
}

function CardOf({ card }: { card: Card }) {
  const navigate = useNavigate({ from: "/cards/$cardId" });
  const { tab = "log", execution: chosen, file } = useSearch({ from: "/cards/$cardId" });
  const active = card.activeExecution;
  const executionId = chosen ?? active?.id;
  const head = executionId === active?.id ? (active?.headSequence ?? 0) : 0;
  useLiveBoard(card.projectId);
  const executions = useExecutions(card);
  const execution = useShownExecution(executionId, head);
  const kept = execution !== undefined && execution.logRemovedAt === null;
  const steps = useQuery({ ...stepsQuery(executionId ?? ""), enabled: kept }).data?.list ?? [];
  const agents = useQuery(agentsQuery).data ?? [];
  const project = useCurrentProject();
  usePageTitle(`#${card.number} ${card.title}`);
  const show = (next: { tab?: CardTab; execution?: string; file?: string }) =>
    void navigate({ search: next, replace: true });
  const changes = useChanges(card, tab === "changes", {
    file,
    onFile: (path) => show({ tab, execution: chosen, file: path }),
  });
  if (!executions || (executionId !== undefined && !execution)) return <WaitScreen label={t.wait.card} />;
  const running = execution?.id === active?.id ? active : null;
  const goesOn = isUnfinished(running?.status ?? execution?.status ?? "idle");
  const lines = running?.headSequence ?? execution?.headSequence ?? 0;
  return (
    <CardScreen
      card={card}
      executions={executions}
      execution={execution}
      agents={agents}
      steps={steps}
      projectAgent={project?.agent ?? "rehearsal"}
      tab={tab}
      onTab={(key) => show({ execution: chosen, tab: key === "log" ? undefined : key })}
      onLatest={() => show({})}
      onRun={(id) =>
        show({ execution: id === active?.id ? undefined : id, tab: tab === "log" ? undefined : tab })
      }
      connection={goesOn ? <ConnectionPill executionId={executionId} head={lines} /> : <ConnectionPill />}
      changes={changes.view}
      changesNote={changes.note}
      log={
        execution ? (
          <>
            <Suspense fallback={<WaitScreen label={t.wait.card} />}>
              {execution.logRemovedAt === null ? (
                <LogView
                  executionId={execution.id}
                  headSequence={lines}
                  live={goesOn}
                  startedAt={execution.startedAt}
                />
              ) : (
                <RemovedLog removedAt={execution.logRemovedAt} completedAt={execution.completedAt} />
              )}
            </Suspense>
            <FollowUp
              key={execution.id}
              execution={execution}
              listens={agents.some(
                ({ name, capabilities }) => name === execution.agent && capabilities.messages,
              )}
              resumed={executions.some((each) => each.attemptOf === execution.id)}
              busy={isUnfinished(active?.status ?? "idle")}
            />
          </>
        ) : null
      }
    />
  );
}

/** One card: its run, plan, changes and history. */
export function CardPage() {
  const { cardId } = useParams({ from: "/cards/$cardId" });
  const card = useQuery(cardQuery(cardId));
  if (card.error && !card.data) throw card.error;
  if (!card.data) return <WaitScreen label={t.wait.card} />;
  return <CardOf key={cardId} card={card.data} />;
}
