import { useInfiniteQuery, useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Suspense, lazy, useCallback, useMemo, useSyncExternalStore } from "react";

import { agentsQuery } from "@/api/agents";
import { cardQuery } from "@/api/cards";
import { runsQuery } from "@/api/history";
import { projectsQuery } from "@/api/projects";
import { ConnectionPill } from "@/features/connection/connection-pill";
import { filtersOf } from "@/features/history/history-address";
import type { HistoryAddress } from "@/features/history/history-address";
import { HistoryScreen } from "@/features/history/history-screen";
import { t } from "@/lib/messages";
import { usePageTitle } from "@/lib/page-title";
import { useLiveHistory } from "@/live/use-live-history";
import { WaitScreen } from "@/ui/screen";

const Charts = lazy(() => import("@/features/history/charts").then((module) => ({ default: module.Charts })));

const thisDay = () => new Date().toDateString();
// Nobody tells when a day is over: it is noticed with the next thing that happens.
const never = () => () => {};

/** The filters of the address; the same object until they, or the day, change. */
function useFilters(address: HistoryAddress) {
  const today = useSyncExternalStore(never, thisDay);
  return useMemo(() => filtersOf(address, new Date(today)), [address, today]);
}

/** All runs of all cards, kept up to date by the live connection. */
export function HistoryPage() {
  const address = useSearch({ from: "/history" });
  const navigate = useNavigate({ from: "/history" });
  const filters = useFilters(address);
  const projects = useSuspenseQuery(projectsQuery).data;
  const agents = useQuery(agentsQuery).data ?? [];
  const card = useQuery({ ...cardQuery(address.card ?? ""), enabled: address.card !== undefined }).data;
  const runs = useInfiniteQuery({ ...runsQuery(filters), enabled: address.q === undefined });
  useLiveHistory(filters);
  usePageTitle(t.past.title);
  const { fetchNextPage } = runs;
  const more = useCallback(() => void fetchNextPage(), [fetchNextPage]);
  const items = useMemo(() => runs.data?.pages.flatMap((page) => page.items), [runs.data]);
  if (runs.error && !runs.data) throw runs.error;
  return (
    <HistoryScreen
      address={address}
      filters={filters}
      projects={projects}
      agents={agents}
      card={card}
      runs={items}
      hasMore={runs.hasNextPage}
      loading={runs.isFetching}
      onMore={more}
      onChange={(changes) => void navigate({ search: (now) => ({ ...now, ...changes }), replace: true })}
      onAddress={(search) => void navigate({ search })}
      onBoard={() => void navigate({ to: "/" })}
      connection={<ConnectionPill />}
      charts={
        <Suspense fallback={<WaitScreen label={t.charts.wait} />}>
          <Charts
            by={address.by ?? "day"}
            filters={filters}
            agents={agents}
            textUnused={address.q !== undefined}
            onBy={(by) => void navigate({ search: (now) => ({ ...now, by }), replace: true })}
          />
        </Suspense>
      }
    />
  );
}
