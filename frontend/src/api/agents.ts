import { queryOptions } from "@tanstack/react-query";

import { answerOf, client } from "./client";

export const agentsQuery = queryOptions({
  queryKey: ["agents"],
  queryFn: ({ signal }) => answerOf(client.GET("/api/agents", { signal })).then((page) => page.items),
  staleTime: 60_000,
});
