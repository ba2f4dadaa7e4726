import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useSyncExternalStore } from "react";

import { applyToBoard } from "@/api/cards";
import type { BoardEvent } from "@/api/board-state";
import { keepExecution } from "@/api/executions";
import { afterChange, inNeedQuery, keepInNeed } from "@/api/in-need";
import { readOnRecovery } from "@/api/server";
import { keepSteps } from "@/api/steps";
import type { Execution } from "@/api/types";

import { liveClient } from "./live-client";
import type { LiveStatus } from "./live-client";

/** The state of the page's live connection. */
export function useLiveStatus(): LiveStatus {
  return useSyncExternalStore(liveClient.subscribe, () => liveClient.status);
}

/** Calls `action` each time the connection is live again after it was lost. */
export function useLiveAgain(action: () => void): void {
  const { state } = useLiveStatus();
  const wasAway = useRef(false);
  const latest = useRef(action);
  useEffect(() => {
    latest.current = action;
  });
  useEffect(() => {
    if (state === "live" && wasAway.current) latest.current();
    // A connection that nobody needs any more is closed, not lost.
    if (state !== "connecting") wasAway.current = state !== "live";
  }, [state]);
}

/**
 * Fetches a part of the page before it is asked for. Only while the server is there: what fails to come would be missing
 * until a reload.
 */
export function useEarly(load: () => Promise<unknown>, afterMs: number): void {
  const { state } = useLiveStatus();
  useEffect(() => {
    if (state !== "live") return undefined;
    const timer = setTimeout(() => void load().catch(() => {}), afterMs);
    return () => clearTimeout(timer);
  }, [state, load, afterMs]);
}

/** Keeps a project's board in the query cache up to date while the component is there. */
export function useLiveBoard(projectId: string | undefined): void {
  const client = useQueryClient();
  useEffect(() => {
    if (projectId === undefined) return undefined;
    const apply = (event: BoardEvent) => {
      applyToBoard(client, projectId, event);
      void readOnRecovery(client);
    };
    return liveClient.subscribeBoard(projectId, {
      onSnapshot: (cards) => apply({ type: "snapshot", cards }),
      onChange: (cards, removed) => apply({ type: "changed", cards, removed }),
    });
  }, [client, projectId]);
}

/**
 * Keeps an execution's state, and the steps of its agent, in the query cache up to date. `head` is a sequence the page
 * knows of: earlier entries are for the log to read, not for this.
 */
export function useLiveExecution(executionId: string | undefined, head: number): void {
  const client = useQueryClient();
  useEffect(() => {
    if (executionId === undefined) return undefined;
    return liveClient.subscribeExecution(executionId, {
      after: head,
      onExecution: (execution) => keepExecution(client, execution),
      onEntries: (entries) => keepSteps(client, executionId, entries),
    });
    // The head only says where to start; a later one is no reason to subscribe again.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [client, executionId]);
}

type Needs = {
  /** Who needs somebody now, and who did before; before is null at the first answer. */
  onNeeds: (now: readonly Execution[], before: readonly Execution[] | null) => void;
  /** Runs that changed, and since when, by the server's clock, the page is there. */
  onChanged: (changed: readonly Execution[], since: string) => void;
};

/** Keeps who needs somebody up to date, over all projects, while the component is there; tells of each change. */
export function useLiveRuns(needs: Needs): void {
  const client = useQueryClient();
  const latest = useRef(needs);
  useEffect(() => {
    latest.current = needs;
  });
  useEffect(() => {
    const keep = (next: (before: readonly Execution[]) => readonly Execution[]) => {
      const before = client.getQueryData(inNeedQuery.queryKey) ?? null;
      keepInNeed(client, next(before ?? []));
      latest.current.onNeeds(client.getQueryData(inNeedQuery.queryKey) ?? [], before);
    };
    let since = "";
    return liveClient.subscribeRuns({
      onNeedy: (runs, at) => {
        // Of a run that ended while the connection was lost, the page has not heard yet.
        since ||= at;
        keep(() => runs);
      },
      onChange: (changed, removed) => {
        keep((before) => afterChange(before, changed, removed));
        latest.current.onChanged(changed, since);
      },
    });
  }, [client]);
}
