import { Link } from "@tanstack/react-router";

import type { Recovery, Storage, Sweep } from "@/api/types";
import { formatBytes, formatNumber, formatTime } from "@/lib/format";
import { t } from "@/lib/messages";

import { Row, Section } from "./section";
import styles from "./settings-screen.module.css";

const SHOWN_RUNS = 20;

function RecoveredRuns({ recovery }: { recovery: Recovery }) {
  return (
    <ul className={styles.runs} aria-label={t.settings.outcomes}>
      {recovery.runs.slice(0, SHOWN_RUNS).map((run) => (
        <li key={run.executionId}>
          <Link to="/cards/$cardId" params={{ cardId: run.cardId }} search={{ execution: run.executionId }}>
            {run.command}
          </Link>{" "}
          {t.settings.outcome[run.outcome]}
          {run.reason ? <span className={styles.dim}> {run.reason}</span> : null}
        </li>
      ))}
    </ul>
  );
}

type Props = {
  storage: Storage | undefined;
  sweep: Sweep | null;
  recovery: Recovery | null;
  /** The report of the last start in one line. */
  recoveryLine: string | null;
  version: string | undefined;
};

function sweepLine({ startedAt, removedExecutions, freedBytes }: Sweep): string {
  return t.settings.sweepDid(formatTime(startedAt), formatNumber(removedExecutions), formatBytes(freedBytes));
}

/** Where the data are, what they take, and what the last start found. */
export function DataSection({ storage, sweep, recovery, recoveryLine, version }: Props) {
  const counted = (bytes: number) =>
    storage?.isComplete === false ? t.settings.atLeast(formatBytes(bytes)) : formatBytes(bytes);
  return (
    <Section title={t.settings.data}>
      <dl>
        {storage ? (
          <>
            <Row name={t.settings.folder}>
              <code>{storage.dataFolder}</code>
            </Row>
            <Row name={t.settings.database}>{formatBytes(storage.databaseBytes)}</Row>
            <Row name={t.settings.runs}>{counted(storage.runsBytes)}</Row>
            <Row name={t.settings.worktrees}>{counted(storage.worktreesBytes)}</Row>
            <Row name={t.settings.free}>{formatBytes(storage.freeBytes)}</Row>
          </>
        ) : null}
        <Row name={t.settings.sweep}>{sweep ? sweepLine(sweep) : t.settings.sweepNone}</Row>
        <Row name={t.settings.start}>
          {recovery ? `${formatTime(recovery.startedAt)} · ` : ""}
          {recoveryLine ?? t.settings.startClean}
          {recovery && recovery.runs.length > 0 ? <RecoveredRuns recovery={recovery} /> : null}
        </Row>
        {version ? <Row name={t.settings.version}>{version}</Row> : null}
      </dl>
    </Section>
  );
}
