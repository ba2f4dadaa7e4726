import { queryOptions, skipToken } from "@tanstack/react-query";
import type { QueryClient } from "@tanstack/react-query";

import type { Execution } from "./types";

/** The runs of all projects that a person is to look at. Only the live connection fills this. */
export const inNeedQuery = queryOptions<readonly Execution[]>({
  queryKey: ["in-need"],
  queryFn: skipToken,
  staleTime: Number.POSITIVE_INFINITY,
  gcTime: Number.POSITIVE_INFINITY,
});

function needsSomebody({ status, isActive }: Execution): boolean {
  return isActive && (status === "waiting" || status === "interrupted");
}

/** Since when somebody is waited for. */
function neededSince({ openRequests, completedAt, createdAt }: Execution): string {
  return openRequests[0]?.createdAt ?? completedAt ?? createdAt;
}

const age = (one: Execution, other: Execution) => neededSince(one).localeCompare(neededSince(other));

/** Open questions first, the one that has waited longest on top; then the interrupted runs, the newest on top. */
function inOrder(runs: readonly Execution[]): readonly Execution[] {
  return [
    ...runs.filter(({ status }) => status === "waiting").toSorted(age),
    ...runs.filter(({ status }) => status !== "waiting").toSorted((one, other) => age(other, one)),
  ];
}

/** How many things there are to do: a run may ask more than one question at a time. */
export function countInNeed(runs: readonly Execution[]): number {
  return runs.reduce((sum, { openRequests }) => sum + Math.max(1, openRequests.length), 0);
}

/** What needs somebody after some runs changed and others are gone. A card's new run takes the old one's place. */
export function afterChange(
  known: readonly Execution[],
  changed: readonly Execution[],
  removed: readonly string[],
): readonly Execution[] {
  const gone = new Set([...removed, ...changed.map(({ id }) => id)]);
  const renewed = new Set(changed.filter(({ isActive }) => isActive).map(({ cardId }) => cardId));
  const rest = known.filter(({ id, cardId }) => !gone.has(id) && !renewed.has(cardId));
  return inOrder([...rest, ...changed.filter(needsSomebody)]);
}

export function keepInNeed(queries: QueryClient, runs: readonly Execution[]): void {
  queries.setQueryData(inNeedQuery.queryKey, inOrder(runs));
}
