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

/** The tools with which an agent writes down its steps. Their entries tell all of them each time. */
const TOOLS = ["TodoWrite", "TaskCreate", "TaskUpdate"];
const STATES: ReadonlySet<unknown> = new Set<StepState>(["done", "doing", "open"]);
const isState = (value: unknown): value is StepState => STATES.has(value);
/** Other calls may have a tool's name in them, a search for it for example. */
const MATCHES_READ = 10;
/** Each answer goes on where the one before had to stop. */
const ASKED_AT_MOST = 50;

function stepOf(value: unknown): Step[] {
  const { text, state } = fieldsOf(value) ?? {};
  if (typeof text !== "string" || text.trim() === "") return [];
  return [{ text, state: isState(state) ? state : "open" }];
}

/** The steps in an entry, or null where it has none. */
export function stepsOf({ sequence, data }: Entry): Steps | null {
  const steps = data?.["steps"];
  return Array.isArray(steps) ? { sequence, list: steps.flatMap(stepOf) } : null;
}

type Matches = { total: number; last: number | null; complete: boolean };

/** The calls of one tool in one log. */
type Calls = { executionId: string; tool: string; signal: AbortSignal };

/** How often the tool was called as far as the server has looked, and where the n-th call stands. */
async function find({ executionId, tool, signal }: Calls, n?: number): Promise<Matches> {
  const params = {
    path: { execution_id: executionId },
    query: { q: `"${tool}"`, kind: ["tool" as const], limit: 1, n },
  };
  const found = await answerOf(client.GET("/api/executions/{execution_id}/logs/search", { params, signal }));
  const complete = found.searchedTo >= found.headSequence;
  return { total: found.total, last: found.nth?.sequence ?? null, complete };
}

async function countCalls(calls: Calls, asks = ASKED_AT_MOST): Promise<number> {
  const { total, complete } = await find(calls);
  return complete || asks <= 1 ? total : countCalls(calls, asks - 1);
}

/** The steps of the n-th call, or of the nearest before it that has some. */
async function readCall(calls: Calls, n: number, reads = MATCHES_READ): Promise<Steps | null> {
  if (n < 1 || reads < 1) return null;
  const { last } = await find(calls, n);
  const steps = last === null ? null : stepsOf(await fetchWholeEntry(calls.executionId, last, calls.signal));
  return steps ?? readCall(calls, n - 1, reads - 1);
}

const newer = (known: Steps | null | undefined, read: Steps | null): Steps | null =>
  known && known.sequence > (read?.sequence ?? 0) ? known : read;

/** The newest steps in a log of any length: the server finds them, the browser reads just their entries. */
async function readSteps(executionId: string, signal: AbortSignal): Promise<Steps | null> {
  const read = TOOLS.map(async (tool) => {
    const calls = { executionId, tool, signal };
    return readCall(calls, await countCalls(calls));
  });
  return (await Promise.all(read)).reduce<Steps | null>(newer, null);
}

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
