import { formatCost, formatDuration } from "@/lib/format";
import { t } from "@/lib/messages";

import { BandChart } from "./band-chart";
import type { Band } from "./band-chart";
import { ChartFrame } from "./chart-frame";
import { roundTicks, timeTicks } from "./chart-scale";
import styles from "./charts.module.css";
import type { ChartProps } from "./outcome-chart";

const unknown = "–";
const seconds = (value: number | null | undefined) =>
  value === null || value === undefined ? unknown : formatDuration(value);
const dollars = (value: number | null) => (value === null ? unknown : formatCost(value));

/** From what half took to what nearly all took: a filled point, a line, a ring. */
function Spread({ p50, p95, band }: { p50: number; p95: number; band: Band }) {
  const { y } = band;
  const x = band.x + band.width / 2;
  return (
    <>
      <line className={styles.spread} x1={x} x2={x} y1={y(p50)} y2={y(p95)} />
      <circle className={styles.ring} cx={x} cy={y(p95)} r="4" />
      <circle className={styles.point} cx={x} cy={y(p50)} r="4" />
    </>
  );
}

function SpreadLegend() {
  return (
    <>
      <span>
        <svg width="12" height="12" aria-hidden>
          <circle className={styles.point} cx="6" cy="6" r="4" />
        </svg>
        {t.charts.p50}
      </span>
      <span>
        <svg width="12" height="12" aria-hidden>
          <circle className={styles.ring} cx="6" cy="6" r="4" />
        </svg>
        {t.charts.p95}
      </span>
    </>
  );
}

/** How long runs took, of those that are over. */
export function DurationChart({ groups, names, keyWord }: ChartProps) {
  const durations = groups.map(({ duration }) => duration);
  const most = Math.max(0, ...durations.map(({ p95 }) => p95 ?? 0));
  return (
    <ChartFrame
      title={t.charts.durations}
      keyWord={keyWord}
      names={names}
      columns={[
        { word: t.charts.p50, cells: durations.map(({ p50 }) => seconds(p50)) },
        { word: t.charts.p95, cells: durations.map(({ p95 }) => seconds(p95)) },
        { word: t.charts.total, cells: durations.map(({ total }) => seconds(total)) },
      ]}
      legend={<SpreadLegend />}
      none={durations.every(({ p95 }) => p95 === null) ? t.charts.noDuration : undefined}
    >
      <BandChart
        label={t.charts.durations}
        names={names}
        ticks={timeTicks(most)}
        formatTick={formatDuration}
        renderBand={(at, band) => {
          const { p50 = null, p95 = null } = durations[at] ?? {};
          return p50 === null || p95 === null ? null : <Spread p50={p50} p95={p95} band={band} />;
        }}
        tell={(at) =>
          `${t.charts.half(seconds(durations[at]?.p50))} · ${t.charts.most(seconds(durations[at]?.p95))}`
        }
      />
    </ChartFrame>
  );
}

/** What runs cost, as far as agents reported it. */
export function CostChart({ groups, names, keyWord }: ChartProps) {
  const costs = groups.map(({ usage }) => usage?.costUsd ?? null);
  const most = Math.max(0, ...costs.map((cost) => cost ?? 0));
  return (
    <ChartFrame
      title={t.charts.costs}
      keyWord={keyWord}
      names={names}
      columns={[{ word: t.past.cost, cells: costs.map(dollars) }]}
      none={costs.every((cost) => cost === null) ? t.charts.noCost : undefined}
    >
      <BandChart
        label={t.charts.costs}
        names={names}
        ticks={roundTicks(most, 0.01)}
        formatTick={formatCost}
        renderBand={(at, { x, width, y }) => {
          const cost = costs[at] ?? 0;
          return cost > 0 ? (
            <rect className={styles.cost} x={x} width={width} y={y(cost)} height={y(0) - y(cost)} />
          ) : null;
        }}
        tell={(at) => dollars(costs[at] ?? null)}
      />
    </ChartFrame>
  );
}
