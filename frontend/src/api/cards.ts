import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import type { QueryClient } from "@tanstack/react-query";

import { boardOf, reduceBoard } from "./board-state";
import type { BoardEvent, Place } from "./board-state";
import { api, explained } from "./client";
import type { Card, Column } from "./types";

/** A project's board. The live connection keeps it up to date, so it is read once. */
export function boardQuery(projectId: string) {
  return queryOptions({
    queryKey: ["board", projectId],
    queryFn: ({ signal }) => api.get<Card[]>("/api/cards", { projectId }, signal).then(boardOf),
    staleTime: Number.POSITIVE_INFINITY,
    // The reducer keeps every untouched card as it is; comparing two thousand again would only cost time.
    structuralSharing: false,
  });
}

export function cardQuery(cardId: string) {
  return queryOptions({
    queryKey: ["card", cardId],
    queryFn: ({ signal }) => api.get<Card>(`/api/cards/${cardId}`, {}, signal),
  });
}

/** Hands one event to the board's reducer, and keeps the cards that screens read on their own in step. */
export function applyToBoard(client: QueryClient, projectId: string, event: BoardEvent): void {
  const key = boardQuery(projectId).queryKey;
  if (event.type === "snapshot") {
    // A page that is still being read is older than this snapshot and must not replace it.
    void client.cancelQueries({ queryKey: key });
    client.setQueryData(key, (state) => reduceBoard(state ?? boardOf([]), event));
  } else {
    client.setQueryData(key, (state) => state && reduceBoard(state, event));
  }
  const cards = event.type === "move-confirmed" ? [event.card] : "cards" in event ? event.cards : [];
  for (const card of cards) client.setQueryData(cardQuery(card.id).queryKey, (known) => known && card);
}

function keep(client: QueryClient, card: Card): void {
  client.setQueryData(cardQuery(card.id).queryKey, card);
  applyToBoard(client, card.projectId, { type: "changed", cards: [card], removed: [] });
}

export type CardDraft = { projectId: string; title: string; description: string; column: Column; agent?: string | null };

export function useCreateCard() {
  const client = useQueryClient();
  return useMutation({
    meta: explained,
    mutationFn: ({ agent, ...draft }: CardDraft) => api.post<Card>("/api/cards", agent ? { ...draft, agent } : draft),
    onSuccess: (card) => keep(client, card),
  });
}

export type CardChanges = { id: string; title?: string; description?: string; agent?: string | null };

export function useUpdateCard() {
  const client = useQueryClient();
  return useMutation({
    meta: explained,
    mutationFn: ({ id, ...changes }: CardChanges) => api.patch<Card>(`/api/cards/${id}`, changes),
    onSuccess: (card) => keep(client, card),
  });
}

export function useDeleteCard() {
  const client = useQueryClient();
  return useMutation({
    meta: explained,
    mutationFn: (card: Card) => api.delete(`/api/cards/${card.id}`),
    onSuccess: (_, card) => {
      applyToBoard(client, card.projectId, { type: "changed", cards: [], removed: [card.id] });
    },
  });
}

/** Moves a card: shown at once, undone when the server refuses. */
export function useMoveCard() {
  const client = useQueryClient();
  return useMutation({
    meta: explained,
    mutationFn: ({ card, place }: { card: Card; place: Place }) =>
      api.post<Card>(`/api/cards/${card.id}/move`, place),
    onMutate: ({ card, place }) => {
      applyToBoard(client, card.projectId, { type: "move-started", id: card.id, place });
    },
    onSuccess: (card) => applyToBoard(client, card.projectId, { type: "move-confirmed", card }),
    onError: (_, { card }) => {
      applyToBoard(client, card.projectId, { type: "move-refused", id: card.id });
    },
  });
}
