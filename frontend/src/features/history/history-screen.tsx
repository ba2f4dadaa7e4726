import { IconFilterOff, IconHistory } from "@tabler/icons-react";
import type { ReactNode } from "react";

import type { RunFilters } from "@/api/history";
import type { Agent, Card, Execution, Project } from "@/api/types";
import { agentTitle } from "@/api/agents";
import { t } from "@/lib/messages";
import { WaitScreen } from "@/ui/screen";
import { Tabs, panelId, tabId } from "@/ui/tabs";

import { FilterBar } from "./filter-bar";
import { isNarrowed } from "./history-address";
import type { HistoryAddress } from "./history-address";
import styles from "./history-screen.module.css";
import { None } from "./none";
import { ReadyViews } from "./ready-views";
import { RunsList } from "./runs-list";
import { SearchResults } from "./search-results";

type Props = {
  address: HistoryAddress;
  filters: RunFilters;
  projects: readonly Project[];
  agents: readonly Agent[];
  card: Card | undefined;
  /** Undefined until the first answer. */
  runs: readonly Execution[] | undefined;
  hasMore: boolean;
  loading: boolean;
  onMore: () => void;
  /** Changes a part of the address; `onAddress` gives it as a whole. */
  onChange: (changes: HistoryAddress) => void;
  onAddress: (address: HistoryAddress) => void;
  onBoard: () => void;
  connection: ReactNode;
  charts: ReactNode;
};

function NoRuns({ address, onAddress, onBoard }: Pick<Props, "address" | "onAddress" | "onBoard">) {
  return isNarrowed(address) ? (
    <None
      icon={<IconFilterOff size={28} aria-hidden />}
      title={t.past.noMatchTitle}
      text={t.past.noMatchText}
      action={t.past.clear}
      onAction={() => onAddress({})}
    />
  ) : (
    <None
      icon={<IconHistory size={28} aria-hidden />}
      title={t.past.noneTitle}
      text={t.past.noneText}
      action={t.past.toBoard}
      onAction={onBoard}
    />
  );
}

function Runs(props: Props) {
  const { address, filters, agents, runs, hasMore, loading, onMore, onChange, onAddress } = props;
  if (address.q !== undefined) {
    return <SearchResults text={address.q} filters={filters} onClear={() => onAddress({})} />;
  }
  if (!runs) return <WaitScreen label={t.past.wait} />;
  if (runs.length === 0) return <NoRuns {...props} />;
  return (
    <RunsList
      runs={runs}
      hasMore={hasMore}
      loading={loading}
      onMore={onMore}
      agentTitle={(name) => agentTitle(agents, name)}
      onCard={(card) => onChange({ card })}
    />
  );
}

/** All runs of all cards: as a list, as what was found in them, as charts. */
export function HistoryScreen(props: Props) {
  const { address, onChange, onAddress, connection, charts } = props;
  const view = address.view ?? "runs";
  return (
    <div className={styles.screen}>
      <header className={styles.header}>
        <h1>{t.past.title}</h1>
        <Tabs
          label={t.past.views}
          chosen={view}
          onChoose={(key) => onChange({ view: key === "charts" ? key : undefined })}
          tabs={[
            { key: "runs", word: t.past.runs },
            { key: "charts", word: t.past.charts },
          ]}
        />
        <ReadyViews address={address} onAddress={onAddress} />
        <div className={styles.connection}>{connection}</div>
      </header>
      <FilterBar {...props} />
      <div
        id={panelId(view)}
        className={styles.panel}
        role="tabpanel"
        aria-labelledby={tabId(view)}
        tabIndex={view === "charts" ? 0 : undefined}
      >
        {view === "charts" ? charts : <Runs {...props} />}
      </div>
    </div>
  );
}
