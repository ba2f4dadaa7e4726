import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";

import { answerOf, client } from "./client";

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
