import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import type { QueryClient } from "@tanstack/react-query";

import { answerOf, client, explained } from "./client";
import type { Project } from "./types";

export const projectsQuery = queryOptions({
  queryKey: ["projects"],
  queryFn: ({ signal }) => answerOf(client.GET("/api/projects", { signal })).then((page) => page.items),
});

function keep(queries: QueryClient, project: Project): void {
  queries.setQueryData(projectsQuery.queryKey, (known) => [
    ...(known ?? []).filter((other) => other.id !== project.id),
    project,
  ]);
}

export function useAddProject() {
  const queries = useQueryClient();
  return useMutation({
    meta: explained,
    mutationFn: (project: { name: string; path: string; agent?: string }) =>
      answerOf(client.POST("/api/projects", { body: project })),
    onSuccess: (project) => keep(queries, project),
  });
}

/** Makes the sample repository with its three cards, or finds the one that is there. */
export function useAddSampleProject() {
  const queries = useQueryClient();
  return useMutation({
    meta: explained,
    mutationFn: () => answerOf(client.POST("/api/projects/sample")),
    onSuccess: (project) => keep(queries, project),
  });
}
