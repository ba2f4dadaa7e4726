import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useSyncExternalStore } from "react";

import { applyToBoard } from "@/api/cards";
import { keepExecution } from "@/api/executions";

import { liveClient } from "./live-client";
import type { LiveStatus } from "./live-client";

/** The state of the page's live connection. */
export function useLiveStatus(): LiveStatus {
  return useSyncExternalStore(liveClient.subscribe, () => liveClient.status);
}

/** Keeps a project's board in the query cache up to date while the component is there. */
export function useLiveBoard(projectId: string | undefined): void {
  const client = useQueryClient();
  useEffect(() => {
    if (projectId === undefined) return undefined;
    return liveClient.subscribeBoard(projectId, {
      onSnapshot: (cards) => applyToBoard(client, projectId, { type: "snapshot", cards }),
      onChange: (cards, removed) => applyToBoard(client, projectId, { type: "changed", cards, removed }),
    });
  }, [client, projectId]);
}

/**
 * Keeps an execution's state in the query cache up to date. `head` is a sequence the page knows of: entries are for
 * the log to read, not for this.
 */
export function useLiveExecution(executionId: string | undefined, head: number): void {
  const client = useQueryClient();
  useEffect(() => {
    if (executionId === undefined) return undefined;
    return liveClient.subscribeExecution(executionId, {
      after: head,
      onExecution: (execution) => keepExecution(client, execution),
    });
    // The head only says where to start; a later one is no reason to subscribe again.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [client, executionId]);
}
