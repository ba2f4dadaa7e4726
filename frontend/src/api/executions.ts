import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import type { QueryClient } from "@tanstack/react-query";

import { cardQuery } from "./cards";
import { answerOf, client, explained } from "./client";
import type { AgentRequest, Command, Execution } from "./types";

const RECENT = 20;

const of = (executionId: string) => ({ path: { execution_id: executionId } });
const ofCard = (cardId: string) => ({ path: { card_id: cardId } });

/** A card's executions, newest first. */
export function executionsQuery(cardId: string) {
  return queryOptions({
    queryKey: ["executions", cardId],
    queryFn: ({ signal }) =>
      answerOf(client.GET("/api/cards/{card_id}/executions", { params: ofCard(cardId), signal })).then(
        (page) => page.items,
      ),
  });
}

/** The latest runs of a project's cards, newest first. */
export function recentExecutionsQuery(projectId: string) {
  return queryOptions({
    queryKey: ["recent executions", projectId],
    queryFn: ({ signal }) =>
      answerOf(
        client.GET("/api/executions", { params: { query: { projectId, limit: RECENT } }, signal }),
      ).then((page) => page.items),
    staleTime: 0,
  });
}

export function executionQuery(executionId: string) {
  return queryOptions({
    queryKey: ["execution", executionId],
    queryFn: ({ signal }) =>
      answerOf(client.GET("/api/executions/{execution_id}", { params: of(executionId), signal })),
  });
}

/** The plan that a run gave, in Markdown; null where it gave none. */
export function planQuery(executionId: string) {
  return queryOptions({
    queryKey: ["plan", executionId],
    queryFn: ({ signal }) =>
      answerOf(client.GET("/api/executions/{execution_id}/plan", { params: of(executionId), signal })).then(
        ({ plan }) => plan,
      ),
  });
}

/** Puts an execution that came from the server into everything that shows it. */
export function keepExecution(queries: QueryClient, execution: Execution): void {
  queries.setQueryData(executionQuery(execution.id).queryKey, execution);
  queries.setQueryData(executionsQuery(execution.cardId).queryKey, (known) => {
    if (!known) return known;
    if (known.some((other) => other.id === execution.id)) {
      return known.map((other) => (other.id === execution.id ? execution : other));
    }
    return [execution, ...known];
  });
}

export type RunOrder = { cardId: string; command: Command; prompt?: string; agent?: string };

/** Starts a command on a card; a card with an unfinished run refuses (409). */
export function useRunCommand() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ cardId, ...order }: RunOrder) =>
      answerOf(client.POST("/api/cards/{card_id}/executions", { params: ofCard(cardId), body: order })),
    onSuccess: (execution) => {
      keepExecution(queries, execution);
      return queries.invalidateQueries({ queryKey: cardQuery(execution.cardId).queryKey });
    },
  });
}

export type Resumption = { executionId: string; prompt?: string };

/** Goes on in the agent session of a run that is over, by a new run; a card with an unfinished run refuses (409). */
export function useResumeExecution() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ executionId, ...body }: Resumption) =>
      answerOf(client.POST("/api/executions/{execution_id}/resume", { params: of(executionId), body })),
    onSuccess: (execution) => {
      keepExecution(queries, execution);
      return queries.invalidateQueries({ queryKey: cardQuery(execution.cardId).queryKey });
    },
  });
}

/** Words to an agent at work. The same key again gives the first message again: none is doubled. */
export type FollowUp = { key: string; text: string };

/** Stores a message for the agent; what becomes of it comes over the live connection. */
export function useSendMessage() {
  return useMutation({
    meta: explained,
    mutationFn: ({ executionId, key, text }: FollowUp & { executionId: string }) => {
      const params = { ...of(executionId), header: { "Idempotency-Key": key } };
      return answerOf(client.POST("/api/executions/{execution_id}/messages", { params, body: { text } }));
    },
  });
}

export function useCancelExecution() {
  return useMutation({
    mutationFn: (executionId: string) =>
      answerOf(client.POST("/api/executions/{execution_id}/cancel", { params: of(executionId) })),
  });
}

/** The card shows idle; its history keeps the run. */
export function useClearCard() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (cardId: string) =>
      answerOf(client.DELETE("/api/cards/{card_id}/executions/active", { params: ofCard(cardId) })),
    onSuccess: (_, cardId) =>
      Promise.all([
        queries.invalidateQueries({ queryKey: cardQuery(cardId).queryKey }),
        queries.invalidateQueries({ queryKey: executionsQuery(cardId).queryKey }),
      ]),
  });
}

export type Answer = { request: AgentRequest; decision: "allow" | "deny"; message?: string };

/** Answers an approval, once. The execution's next state comes over the live connection. */
export function useAnswerRequest() {
  return useMutation({
    mutationFn: ({ request, ...answer }: Answer) =>
      answerOf(
        client.POST("/api/executions/{execution_id}/requests/{n}", {
          params: { path: { execution_id: request.executionId, n: request.n } },
          body: answer,
        }),
      ),
  });
}
