import { queryOptions } from "@tanstack/react-query";

import { answerOf, client } from "./client";

/**
 * What a card changed; without `hunks` only files and counts. `moment` says how its runs stand: when that changes it is
 * read again, and what was read before is shown meanwhile.
 */
export function changesQuery(cardId: string, moment: string, hunks: boolean) {
  return queryOptions({
    queryKey: ["changes", cardId, hunks, moment],
    queryFn: ({ signal }) =>
      answerOf(
        client.GET("/api/cards/{card_id}/diff", {
          params: { path: { card_id: cardId }, query: { hunks } },
          signal,
        }),
      ),
    // The agent writes files without a word: whoever opens the changes sees them as they are.
    staleTime: hunks ? 0 : 30_000,
    placeholderData: (before, query) =>
      query?.queryKey[1] === cardId && query.queryKey[2] === hunks ? before : undefined,
  });
}
