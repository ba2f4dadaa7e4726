import { queryOptions } from "@tanstack/react-query";
import type { QueryClient } from "@tanstack/react-query";

import { fieldsOf } from "@/lib/fields";

import { answerOf, client } from "./client";
import { fetchWholeEntry } from "./logs";
import type { Entry } from "./types";

export type StepState = "done" | "doing" | "open";
export type Step = { text: string; state: StepState };

/** The steps that an agent set itself, and the entry in which it said so. */
export type Steps = { sequence: number; list: readonly Step[] };

/** The tool with which an agent writes down its steps, all of them each time. */
const TOOL = "TodoWrite";
const STATES: ReadonlyMap<unknown, StepState> = new Map([
  ["completed", "done"],
  ["in_progress", "doing"],
]);
/** Other calls may have the tool's name in them, a search for it for example. */
const MATCHES_READ = 10;
/** Each answer goes on where the one before had to stop. */
const ASKED_AT_MOST = 50;

function stepOf(value: unknown): Step[] {
  const { content, status } = fieldsOf(value) ?? {};
  if (typeof content !== "string" || content.trim() === "") return [];
  return [{ text: content, state: STATES.get(status) ?? "open" }];
}

/** The steps in an entry, or null where it has none. A subagent's are its own affair. */
export function stepsOf({ sequence, kind, data }: Entry): Steps | null {
  if (kind !== "tool" || data?.["tool"] !== TOOL || typeof data["parentToolUseId"] === "string") return null;
  const todos = fieldsOf(data["input"])?.["todos"];
  const list = Array.isArray(todos) ? todos.flatMap(stepOf) : [];
  return { sequence, list };
}

type Matches = { total: number; last: number | null; complete: boolean };

/** How often the tool was called as far as the server has looked, and where the n-th call stands. */
async function find(executionId: string, n: number | undefined, signal: AbortSignal): Promise<Matches> {
  const params = {
    path: { execution_id: executionId },
    query: { q: `"${TOOL}"`, kind: ["tool" as const], limit: 1, n },
  };
  const found = await answerOf(client.GET("/api/executions/{execution_id}/logs/search", { params, signal }));
  const complete = found.searchedTo >= found.headSequence;
  return { total: found.total, last: found.nth?.sequence ?? null, complete };
}

async function countCalls(executionId: string, signal: AbortSignal, asks = ASKED_AT_MOST): Promise<number> {
  const { total, complete } = await find(executionId, undefined, signal);
  return complete || asks <= 1 ? total : countCalls(executionId, signal, asks - 1);
}

/** The steps of the n-th call, or of the nearest before it that has some. */
async function readCall(
  executionId: string,
  n: number,
  signal: AbortSignal,
  reads = MATCHES_READ,
): Promise<Steps | null> {
  if (n < 1 || reads < 1) return null;
  const { last } = await find(executionId, n, signal);
  const steps = last === null ? null : stepsOf(await fetchWholeEntry(executionId, last, signal));
  return steps ?? readCall(executionId, n - 1, signal, reads - 1);
}

/** The newest steps in a log of any length: the server finds them, the browser reads just that entry. */
async function readSteps(executionId: string, signal: AbortSignal): Promise<Steps | null> {
  return readCall(executionId, await countCalls(executionId, signal), signal);
}

const newer = (known: Steps | null | undefined, read: Steps | null): Steps | null =>
  known && known.sequence > (read?.sequence ?? 0) ? known : read;

export function stepsQuery(executionId: string) {
  return queryOptions({
    queryKey: ["steps", executionId],
    queryFn: async ({ client: queries, queryKey, signal }) => {
      const read = await readSteps(executionId, signal);
      // What came live while the answer was on its way is newer.
      return newer(queries.getQueryData<Steps | null>(queryKey), read);
    },
    // What comes later comes live.
    staleTime: Infinity,
  });
}

/** Takes the steps out of entries that came live. */
export function keepSteps(queries: QueryClient, executionId: string, entries: readonly Entry[]): void {
  for (const entry of entries) {
    const steps = stepsOf(entry);
    if (!steps) continue;
    queries.setQueryData(stepsQuery(executionId).queryKey, (known) => newer(known, steps));
  }
}
