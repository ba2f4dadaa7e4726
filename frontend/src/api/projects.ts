import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import type { QueryClient } from "@tanstack/react-query";

import { api, explained } from "./client";
import type { Page, Project } from "./types";

export const projectsQuery = queryOptions({
  queryKey: ["projects"],
  queryFn: ({ signal }) => api.get<Page<Project>>("/api/projects", {}, signal).then((page) => page.items),
});

function keep(client: QueryClient, project: Project): void {
  client.setQueryData(projectsQuery.queryKey, (known) => [
    ...(known ?? []).filter((other) => other.id !== project.id),
    project,
  ]);
}

export function useAddProject() {
  const client = useQueryClient();
  return useMutation({
    meta: explained,
    mutationFn: (project: { name: string; path: string }) => api.post<Project>("/api/projects", project),
    onSuccess: (project) => keep(client, project),
  });
}

/** Makes the sample repository with its three cards, or finds the one that is there. */
export function useAddSampleProject() {
  const client = useQueryClient();
  return useMutation({
    meta: explained,
    mutationFn: () => api.post<Project>("/api/projects/sample"),
    onSuccess: (project) => keep(client, project),
  });
}
