import { IconArrowLeft } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";

import { planQuery } from "@/api/executions";
import type { Card, Execution } from "@/api/types";
import { formatCost, formatDuration, formatNumber, formatTime, formatUtc } from "@/lib/format";
import { t } from "@/lib/messages";
import { WaitScreen } from "@/ui/screen";
import { StatusBadge } from "@/ui/status-badge";

import styles from "./compare-runs.module.css";
import { TextDifference } from "./text-difference";

type Props = {
  card: Card;
  executions: readonly Execution[];
  /** The ids of the two, in any order. */
  ids: readonly string[];
  agentTitle: (name: string) => string;
};

type Pair = readonly [earlier: Execution, later: Execution];
type Row = { word: string; of: (run: Execution) => ReactNode; difference?: string | null };

const unknown = "–";

/** The later value less the earlier one, with its sign; null where one is not known. */
function difference(
  [earlier, later]: Pair,
  of: (run: Execution) => number | null,
  format: (value: number) => string,
): string | null {
  const [one, other] = [of(earlier), of(later)];
  if (one === null || other === null) return null;
  const by = format(Math.abs(other - one));
  // What is too little to be written is too little to be a difference.
  return by === format(0) ? t.compare.same : `${other > one ? "+" : "−"}${by}`;
}

function figure(
  pair: Pair,
  word: string,
  of: (run: Execution) => number | null,
  format: (value: number) => string,
): Row {
  return {
    word,
    of: (run) => {
      const value = of(run);
      return value === null ? unknown : format(value);
    },
    difference: difference(pair, of, format),
  };
}

function rowsOf(pair: Pair, agentTitle: Props["agentTitle"]): Row[] {
  const { history, compare } = t;
  const [earlier, later] = pair;
  return [
    {
      word: history.status,
      of: (run) => <StatusBadge status={run.status} />,
      difference: earlier.status === later.status ? compare.same : null,
    },
    {
      word: history.agent,
      of: (run) => agentTitle(run.agent),
      difference: earlier.agent === later.agent ? compare.same : null,
    },
    {
      word: history.started,
      of: ({ startedAt, createdAt }) => (
        <time title={formatUtc(startedAt ?? createdAt)}>{formatTime(startedAt ?? createdAt)}</time>
      ),
    },
    figure(pair, history.duration, (run) => run.duration, formatDuration),
    figure(pair, history.cost, (run) => run.usage?.costUsd ?? null, formatCost),
    figure(pair, compare.tokensIn, (run) => run.usage?.inputTokens ?? null, formatNumber),
    figure(pair, compare.tokensOut, (run) => run.usage?.outputTokens ?? null, formatNumber),
    figure(pair, compare.tokensCached, (run) => run.usage?.cacheReadTokens ?? null, formatNumber),
    figure(pair, history.lines, (run) => run.headSequence, formatNumber),
    ...(earlier.prompt || later.prompt
      ? [{ word: compare.note, of: (run: Execution) => run.prompt ?? unknown }]
      : []),
  ];
}

function RunHead({ word, run }: { word: string; run: Execution }) {
  return (
    <th scope="col">
      <span className={styles.which}>{word}</span>
      <Link to="/cards/$cardId" params={{ cardId: run.cardId }} search={{ execution: run.id }}>
        {run.command}
      </Link>
    </th>
  );
}

function Figures({ pair, agentTitle }: { pair: Pair } & Pick<Props, "agentTitle">) {
  const [earlier, later] = pair;
  return (
    <div className={styles.scroll}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">
              <span className={styles.which}>{t.compare.what}</span>
            </th>
            <RunHead word={t.compare.earlier} run={earlier} />
            <RunHead word={t.compare.later} run={later} />
            <th scope="col">{t.compare.difference}</th>
          </tr>
        </thead>
        <tbody>
          {rowsOf(pair, agentTitle).map(({ word, of, difference: by }) => (
            <tr key={word}>
              <th scope="row">{word}</th>
              <td>{of(earlier)}</td>
              <td>{of(later)}</td>
              <td className={styles.difference}>{by ?? ""}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function pairOf(executions: readonly Execution[], ids: readonly string[]): Pair | null {
  const [later, earlier] = executions
    .filter(({ id }) => ids.includes(id))
    .toSorted((a, b) => b.createdAt.localeCompare(a.createdAt));
  return earlier && later ? [earlier, later] : null;
}

const textOf = ({ result, error }: Execution) => (result ?? error ?? "").trim();

/** Where the plans differ that the two gave, and whether they gave one; then where their results do. */
function Texts({ pair: [earlier, later] }: { pair: Pair }) {
  const { data: one } = useQuery(planQuery(earlier.id));
  const { data: other } = useQuery(planQuery(later.id));
  if (one === undefined || other === undefined) return <WaitScreen label={t.wait.plan} />;
  const texts = [textOf(earlier), textOf(later)] as const;
  const note = one === null ? t.compare.planOnlyLater : other === null ? t.compare.planOnlyEarlier : null;
  return (
    <>
      <TextDifference
        title={t.plan.plan}
        earlier={one ?? ""}
        later={other ?? ""}
        none={t.compare.noPlan}
        note={note}
      />
      {/* The plan of many a /plan is its result. */}
      {one === texts[0] && other === texts[1] ? null : (
        <TextDifference
          title={t.compare.result}
          earlier={texts[0]}
          later={texts[1]}
          none={t.compare.noText}
        />
      )}
    </>
  );
}

/** Two runs of a card: what each took and came to, and where their plans and results differ. */
export function CompareRuns({ card, executions, ids, agentTitle }: Props) {
  const pair = pairOf(executions, ids);
  return (
    <section className={styles.compare} aria-label={t.compare.title}>
      <header className={styles.head}>
        <Link to="/cards/$cardId" params={{ cardId: card.id }} search={{ tab: "history" }}>
          <IconArrowLeft size={16} aria-hidden />
          {t.compare.back}
        </Link>
        <h2>{t.compare.title}</h2>
      </header>
      {pair ? (
        <>
          <Figures pair={pair} agentTitle={agentTitle} />
          <Texts pair={pair} />
        </>
      ) : (
        <p className={styles.gone}>{t.compare.gone}</p>
      )}
    </section>
  );
}
