import { useId } from "react";

import type { Group } from "@/api/types";
import { formatNumber } from "@/lib/format";
import { t } from "@/lib/messages";
import { statusIcons, statusWord } from "@/lib/status";

import { BandChart } from "./band-chart";
import type { Band } from "./band-chart";
import { ChartFrame } from "./chart-frame";
import { outcomeCounts, outcomes, roundTicks } from "./chart-scale";
import type { Outcome } from "./chart-scale";
import styles from "./charts.module.css";

export type ChartProps = { groups: readonly Group[]; names: readonly string[]; keyWord: string };

const outcomeWord = (outcome: Outcome) =>
  outcome === "unfinished" ? t.charts.unfinished : statusWord(outcome);

/** The textures, so that no outcome is told by its colour alone. */
function Textures({ id }: { id: string }) {
  return (
    <defs>
      <pattern
        id={`${id}-error`}
        width="6"
        height="6"
        patternUnits="userSpaceOnUse"
        patternTransform="rotate(45)"
      >
        <rect className={styles.ground} data-outcome="error" width="6" height="6" />
        <rect className={styles.ink} data-outcome="error" width="3" height="6" />
      </pattern>
      <pattern id={`${id}-interrupted`} width="6" height="6" patternUnits="userSpaceOnUse">
        <rect className={styles.ground} data-outcome="interrupted" width="6" height="6" />
        <circle className={styles.ink} data-outcome="interrupted" cx="3" cy="3" r="1.6" />
      </pattern>
      <pattern id={`${id}-cancelled`} width="6" height="6" patternUnits="userSpaceOnUse">
        <rect className={styles.ground} data-outcome="cancelled" width="6" height="6" />
        <rect className={styles.ink} data-outcome="cancelled" y="2" width="6" height="1.5" />
      </pattern>
    </defs>
  );
}

const textured: ReadonlySet<Outcome> = new Set(["error", "interrupted", "cancelled"]);
const fillOf = (id: string, outcome: Outcome) =>
  textured.has(outcome) ? { fill: `url(#${id}-${outcome})` } : undefined;

function Stack({ id, group, band: { x, width, y } }: { id: string; group: Group; band: Band }) {
  const counts = outcomeCounts(group);
  let below = 0;
  return outcomes.map((outcome) => {
    const from = below;
    below += counts[outcome];
    if (counts[outcome] === 0) return null;
    return (
      <rect
        key={outcome}
        className={styles.bar}
        data-outcome={outcome}
        style={fillOf(id, outcome)}
        x={x}
        width={width}
        y={y(below)}
        height={Math.max(1, y(from) - y(below) - 1)}
      />
    );
  });
}

function Legend({ id, shown }: { id: string; shown: readonly Outcome[] }) {
  return shown.map((outcome) => {
    const Icon = statusIcons[outcome === "unfinished" ? "running" : outcome];
    return (
      <span key={outcome}>
        <svg width="14" height="12" aria-hidden>
          <rect
            className={styles.bar}
            data-outcome={outcome}
            style={fillOf(id, outcome)}
            x="1"
            y="1"
            width="12"
            height="10"
          />
        </svg>
        <Icon size={13} aria-hidden />
        {outcomeWord(outcome)}
      </span>
    );
  });
}

/** How runs ended: succeeded plain, failed hatched, interrupted dotted, cancelled struck through. */
export function OutcomeChart({ groups, names, keyWord }: ChartProps) {
  const id = useId();
  const counts = groups.map(outcomeCounts);
  const shown = outcomes.filter((outcome) => counts.some((count) => count[outcome] > 0));
  const most = Math.max(0, ...groups.map(({ executions }) => executions));
  const tell = (at: number) =>
    shown
      .filter((outcome) => (counts[at]?.[outcome] ?? 0) > 0)
      .map((outcome) => `${formatNumber(counts[at]?.[outcome] ?? 0)} ${outcomeWord(outcome)}`)
      .join(" · ") || formatNumber(0);
  return (
    <ChartFrame
      title={t.charts.outcomes}
      keyWord={keyWord}
      names={names}
      columns={[
        { word: t.past.runs, cells: groups.map(({ executions }) => formatNumber(executions)) },
        ...outcomes.map((outcome) => ({
          word: outcomeWord(outcome),
          cells: counts.map((count) => formatNumber(count[outcome])),
        })),
      ]}
      legend={<Legend id={id} shown={shown} />}
    >
      <svg className={styles.textures} aria-hidden>
        <Textures id={id} />
      </svg>
      <BandChart
        label={t.charts.outcomes}
        names={names}
        ticks={roundTicks(most, 1)}
        formatTick={formatNumber}
        renderBand={(at, band) => {
          const group = groups[at];
          return group ? <Stack id={id} group={group} band={band} /> : null;
        }}
        tell={tell}
      />
    </ChartFrame>
  );
}
