import { queryOptions } from "@tanstack/react-query";

import { api } from "./client";
import type { Agent, Page } from "./types";

export const agentsQuery = queryOptions({
  queryKey: ["agents"],
  queryFn: ({ signal }) => api.get<Page<Agent>>("/api/agents", {}, signal).then((page) => page.items),
  staleTime: 60_000,
});
