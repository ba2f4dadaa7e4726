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
    ...(known ?? []).map((other) => (other.id === project.id ? project : other)),
    ...(known?.some((other) => other.id === project.id) ? [] : [project]),
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

export type ProjectChanges = { id: string; name?: string; agent?: string; retentionDays?: number | null };

export function useUpdateProject() {
  const queries = useQueryClient();
  return useMutation({
    meta: explained,
    mutationFn: ({ id, ...changes }: ProjectChanges) =>
      answerOf(
        client.PATCH("/api/projects/{project_id}", { params: { path: { project_id: id } }, body: changes }),
      ),
    onSuccess: (project) => keep(queries, project),
  });
}

/** Deletes a project with its cards and their runs; a run that goes on refuses it (409). */
export function useDeleteProject() {
  const queries = useQueryClient();
  return useMutation({
    meta: explained,
    mutationFn: (id: string) =>
      answerOf(client.DELETE("/api/projects/{project_id}", { params: { path: { project_id: id } } })),
    onSuccess: (_, id) =>
      queries.setQueryData(projectsQuery.queryKey, (known) => known?.filter((other) => other.id !== id)),
  });
}
