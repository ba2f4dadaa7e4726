import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import type { QueryClient } from "@tanstack/react-query";

import { cardQuery } from "./cards";
import { api } from "./client";
import type { AgentRequest, Command, Execution, Page } from "./types";

/** A card's executions, newest first. */
export function executionsQuery(cardId: string) {
  return queryOptions({
    queryKey: ["executions", cardId],
    queryFn: ({ signal }) =>
      api.get<Page<Execution>>(`/api/cards/${cardId}/executions`, {}, signal).then((page) => page.items),
  });
}

export function executionQuery(executionId: string) {
  return queryOptions({
    queryKey: ["execution", executionId],
    queryFn: ({ signal }) => api.get<Execution>(`/api/executions/${executionId}`, {}, signal),
  });
}

/** Puts an execution that came from the server into everything that shows it. */
export function keepExecution(client: QueryClient, execution: Execution): void {
  client.setQueryData(executionQuery(execution.id).queryKey, execution);
  client.setQueryData(executionsQuery(execution.cardId).queryKey, (known) => {
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
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ cardId, ...order }: RunOrder) => api.post<Execution>(`/api/cards/${cardId}/executions`, order),
    onSuccess: (execution) => {
      keepExecution(client, execution);
      return client.invalidateQueries({ queryKey: cardQuery(execution.cardId).queryKey });
    },
  });
}

export function useCancelExecution() {
  return useMutation({
    mutationFn: (executionId: string) => api.post<unknown>(`/api/executions/${executionId}/cancel`),
  });
}

/** Takes up an interrupted execution in the same agent session, as a new execution. */
export function useResumeExecution() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (executionId: string) => api.post<Execution>(`/api/executions/${executionId}/resume`),
    onSuccess: (execution) => keepExecution(client, execution),
  });
}

/** The card shows idle; its history keeps the run. */
export function useClearCard() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (cardId: string) => api.delete(`/api/cards/${cardId}/executions/active`),
    onSuccess: (_, cardId) =>
      Promise.all([
        client.invalidateQueries({ queryKey: cardQuery(cardId).queryKey }),
        client.invalidateQueries({ queryKey: executionsQuery(cardId).queryKey }),
      ]),
  });
}

export type Answer = { request: AgentRequest; decision: "allow" | "deny"; message?: string };

/** Answers an approval, once. The execution's next state comes over the live connection. */
export function useAnswerRequest() {
  return useMutation({
    mutationFn: ({ request, ...answer }: Answer) =>
      api.post<unknown>(`/api/executions/${request.executionId}/requests/${request.n}`, answer),
  });
}
