import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";

import { t } from "@/lib/messages";

import { answerOf, client } from "./client";
import type { Agent } from "./types";

export const agentsQuery = queryOptions({
  queryKey: ["agents"],
  queryFn: ({ signal }) => answerOf(client.GET("/api/agents", { signal })).then((page) => page.items),
  staleTime: 60_000,
});

/** Asks an agent's program anew whether it is there and signed in. */
export function useTestAgent() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (name: string) =>
      answerOf(client.POST("/api/agents/{name}/test", { params: { path: { name } } })),
    onSuccess: (agent) =>
      queries.setQueryData(agentsQuery.queryKey, (known) =>
        known?.map((other) => (other.name === agent.name ? agent : other)),
      ),
  });
}

/** What people call an agent; its name where nobody knows it any more. */
export function agentTitle(agents: readonly Agent[], name: string): string {
  if (name === "rehearsal") return t.agent.rehearsal;
  return agents.find((agent) => agent.name === name)?.title ?? name;
}
