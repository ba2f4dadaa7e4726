import { useQuery } from "@tanstack/react-query";
import { IconChartBar } from "@tabler/icons-react";

import { agentTitle } from "@/api/agents";
import { statisticsQuery } from "@/api/history";
import type { RunFilters } from "@/api/history";
import type { Agent, Figures, Group } from "@/api/types";
import { formatCost, formatDay, formatDuration, formatNumber, formatPercent } from "@/lib/format";
import { t } from "@/lib/messages";
import { WaitScreen } from "@/ui/screen";

import { withEmptyDays } from "./chart-scale";
import styles from "./charts.module.css";
import { CostChart, DurationChart } from "./figure-charts";
import { groupings } from "./history-address";
import type { ChartGrouping } from "./history-address";
import { OutcomeChart } from "./outcome-chart";

type Props = {
  by: ChartGrouping;
  filters: RunFilters;
  agents: readonly Agent[];
  /** Whether there is a text in the search field, which figures do not know. */
  textUnused: boolean;
  onBy: (by: ChartGrouping) => void;
};

function Totals({ figures }: { figures: Figures }) {
  const { executions, successRate, duration, usage } = figures;
  const cost = usage?.costUsd ?? null;
  return (
    <p className={styles.totals} data-figures>
      <strong>{t.charts.runs(executions, formatNumber(executions))}</strong>
      {successRate === null ? null : (
        <span title={t.charts.succeededHint}>{t.charts.succeeded(formatPercent(successRate))}</span>
      )}
      {duration.p50 === null ? null : <span>{t.charts.half(formatDuration(duration.p50))}</span>}
      {duration.p95 === null ? null : <span>{t.charts.most(formatDuration(duration.p95))}</span>}
      {cost === null ? null : <span>{t.charts.cost(formatCost(cost))}</span>}
    </p>
  );
}

function Groupings({ by, onBy }: Pick<Props, "by" | "onBy">) {
  return (
    <div className={styles.by} role="group" aria-label={t.charts.by}>
      {groupings.map((each) => (
        <button key={each} type="button" aria-pressed={each === by} onClick={() => onBy(each)}>
          {t.charts.groupings[each]}
        </button>
      ))}
    </div>
  );
}

function nameOf({ key }: Group, by: ChartGrouping, agents: readonly Agent[]): string {
  if (by === "day") return formatDay(key);
  return by === "agent" ? agentTitle(agents, key) : key;
}

/** What the runs of these filters came to. */
export function Charts({ by, filters, agents, textUnused, onBy }: Props) {
  const statistics = useQuery(statisticsQuery(by, filters));
  const { data } = statistics;
  if (statistics.error && !data) throw statistics.error;
  if (!data) return <WaitScreen label={t.charts.wait} />;
  // While the answer for another grouping is on its way, its groups are still the old ones: they have no days.
  const groups = by === "day" && !statistics.isPlaceholderData ? withEmptyDays(data.groups) : data.groups;
  const names = groups.map((group) => nameOf(group, statistics.isPlaceholderData ? "command" : by, agents));
  const chart = { groups, names, keyWord: t.charts.key[by] };
  return (
    <div className={styles.charts}>
      <div className={styles.top}>
        <Totals figures={data.total} />
        <Groupings by={by} onBy={onBy} />
      </div>
      {textUnused ? <p className={styles.unused}>{t.charts.textUnused}</p> : null}
      {groups.length === 0 ? (
        <div className={styles.empty}>
          <IconChartBar size={28} aria-hidden />
          <h2>{t.charts.noneTitle}</h2>
          <p>{t.charts.noneText}</p>
        </div>
      ) : (
        <>
          <OutcomeChart {...chart} />
          <DurationChart {...chart} />
          <CostChart {...chart} />
        </>
      )}
    </div>
  );
}
