import { Link } from "@tanstack/react-router";
import { Suspense, lazy } from "react";
import type { ReactNode } from "react";

import { agentTitle } from "@/api/agents";
import type { Step } from "@/api/steps";
import type { Agent, Card, Execution } from "@/api/types";
import { formatNumber, formatTime } from "@/lib/format";
import { t } from "@/lib/messages";
import { WaitScreen } from "@/ui/screen";
import { Tabs, panelId, tabId } from "@/ui/tabs";

import { CardHeader } from "./card-header";
import styles from "./card-screen.module.css";
import { NeverRun } from "./never-run";
import { PhaseStrip } from "./phase-strip";
import { QuestionBanner } from "./question-banner";
import { ResumeButton } from "./resume-button";
import { RunActions } from "./run-actions";
import { RunEnd } from "./run-end";
import { RunNote } from "./run-note";
import { stepsCount } from "./steps";
import { withBoardState } from "./run-state";
import { useCardKeys } from "./use-card-keys";

const HistoryTab = lazy(() => import("./history-tab").then((module) => ({ default: module.HistoryTab })));
const PlanTab = lazy(() => import("./plan-tab").then((module) => ({ default: module.PlanTab })));

export type CardTab = "log" | "plan" | "changes" | "history";

type Props = {
  card: Card;
  /** Newest first. */
  executions: readonly Execution[];
  /** The run that is read: the card's latest, or an earlier one that was chosen. */
  execution: Execution | undefined;
  agents: readonly Agent[];
  /** What the agent set itself to do in this run. */
  steps: readonly Step[];
  projectAgent: string;
  tab: CardTab;
  onTab: (tab: CardTab) => void;
  onLatest: () => void;
  /** Reads a run. */
  onRun: (executionId: string) => void;
  connection: ReactNode;
  log: ReactNode;
  changes: ReactNode;
  /** What came of the changes, in short: on their tab. */
  changesNote: string | undefined;
};

type NotesProps = Pick<Props, "card" | "execution" | "agents" | "onLatest">;

function EarlierRun({ card, execution, onLatest }: NotesProps & { execution: Execution }) {
  if (execution.id === card.activeExecution?.id) return null;
  return (
    <div className={styles.older}>
      {t.run.older(execution.command, formatTime(execution.startedAt ?? execution.createdAt))}
      <Link to="/cards/$cardId" params={{ cardId: card.id }} onClick={onLatest}>
        {t.run.backToLatest}
      </Link>
      <ResumeButton card={card} execution={execution} onResumed={onLatest} />
    </div>
  );
}

function Notes({ card, execution, agents, onLatest }: NotesProps) {
  if (!execution) return null;
  return (
    <div className={styles.notes}>
      <EarlierRun card={card} execution={execution} agents={agents} onLatest={onLatest} />
      {execution.prompt ? <RunNote key={`note ${execution.id}`} text={execution.prompt} /> : null}
      <RunEnd key={`end ${execution.id}`} execution={execution} />
      {execution.openRequests.map((request) => (
        <QuestionBanner key={request.n} request={request} agentTitle={agentTitle(agents, execution.agent)} />
      ))}
    </div>
  );
}

function Panel({ card, executions, execution, agents, steps, tab, onLatest, log, changes }: Props) {
  return (
    <div
      id={panelId(tab)}
      className={styles.panel}
      data-tab={tab}
      role="tabpanel"
      aria-labelledby={tabId(tab)}
      tabIndex={tab === "log" || tab === "changes" ? undefined : 0}
    >
      {tab === "log" && execution ? log : null}
      {tab === "log" && !execution ? <NeverRun card={card} hasHistory={executions.length > 0} /> : null}
      {tab === "changes" ? changes : null}
      <Suspense fallback={<WaitScreen label={t.wait.card} />}>
        {tab === "plan" ? <PlanTab card={card} steps={steps} /> : null}
        {tab === "history" ? (
          <HistoryTab
            card={card}
            executions={executions}
            shownId={execution?.id}
            agentTitle={(name) => agentTitle(agents, name)}
            onResumed={onLatest}
          />
        ) : null}
      </Suspense>
    </div>
  );
}

/** A card and the run that is read. */
export function CardScreen(props: Props) {
  const { card, agents, projectAgent, tab, onTab, onLatest, onRun, connection } = props;
  const executions = props.executions.map((each) => withBoardState(each, card.activeExecution));
  const execution = props.execution && withBoardState(props.execution, card.activeExecution);
  const agent = execution?.agent ?? card.agent ?? projectAgent;
  const tabs: readonly { key: CardTab; word: string; note?: string | undefined }[] = [
    { key: "log", word: t.run.log },
    { key: "plan", word: t.run.plan, note: stepsCount(props.steps) },
    { key: "changes", word: t.changes.tab, note: props.changesNote },
    { key: "history", word: t.run.history, note: formatNumber(executions.length) },
  ];
  useCardKeys({
    card,
    executions,
    shownId: execution?.id,
    tabs: tabs.length,
    onTab: (index) => onTab(tabs[index]?.key ?? "log"),
    onRun,
  });
  return (
    <div className={styles.screen}>
      <CardHeader
        card={card}
        execution={execution}
        resumed={executions.find((each) => each.id === execution?.attemptOf)}
        agent={{ title: agentTitle(agents, agent), rehearsed: agent === "rehearsal" }}
        connection={connection}
      />
      <RunActions card={card} shown={execution} onStarted={onLatest} />
      {executions.length > 0 ? (
        <div className={styles.phases}>
          <PhaseStrip cardId={card.id} executions={executions} shownId={execution?.id} />
        </div>
      ) : null}
      <Notes card={card} execution={execution} agents={agents} onLatest={onLatest} />
      <div className={styles.tabs}>
        <Tabs label={t.run.tabs} chosen={tab} onChoose={onTab} tabs={tabs} />
      </div>
      <Panel {...props} executions={executions} execution={execution} />
    </div>
  );
}
