import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import type { QueryClient } from "@tanstack/react-query";

import { boardOf, reduceBoard } from "./board-state";
import type { BoardEvent, Place } from "./board-state";
import { answerOf, client, explained } from "./client";
import type { Card, Column } from "./types";

const of = (cardId: string) => ({ path: { card_id: cardId } });

/** A project's board. The live connection keeps it up to date, so it is read once. */
export function boardQuery(projectId: string) {
  return queryOptions({
    queryKey: ["board", projectId],
    queryFn: ({ signal }) =>
      answerOf(client.GET("/api/cards", { params: { query: { projectId } }, signal })).then(boardOf),
    staleTime: Number.POSITIVE_INFINITY,
    // The reducer keeps every untouched card as it is; comparing two thousand again would only cost time.
    structuralSharing: false,
  });
}

export function cardQuery(cardId: string) {
  return queryOptions({
    queryKey: ["card", cardId],
    queryFn: ({ signal }) => answerOf(client.GET("/api/cards/{card_id}", { params: of(cardId), signal })),
  });
}

/** Hands one event to the board's reducer, and keeps the cards that screens read on their own in step. */
export function applyToBoard(queries: QueryClient, projectId: string, event: BoardEvent): void {
  const key = boardQuery(projectId).queryKey;
  if (event.type === "snapshot") {
    // A page that is still being read is older than this snapshot and must not replace it.
    void queries.cancelQueries({ queryKey: key });
    queries.setQueryData(key, (state) => reduceBoard(state ?? boardOf([]), event));
  } else {
    queries.setQueryData(key, (state) => state && reduceBoard(state, event));
  }
  const cards = event.type === "move-confirmed" ? [event.card] : "cards" in event ? event.cards : [];
  for (const card of cards) queries.setQueryData(cardQuery(card.id).queryKey, (known) => known && card);
}

function keep(queries: QueryClient, card: Card): void {
  queries.setQueryData(cardQuery(card.id).queryKey, card);
  applyToBoard(queries, card.projectId, { type: "changed", cards: [card], removed: [] });
}

export type CardDraft = {
  projectId: string;
  title: string;
  description: string;
  column: Column;
  agent?: string | null;
  labels: string[];
};

export function useCreateCard() {
  const queries = useQueryClient();
  return useMutation({
    meta: explained,
    mutationFn: (draft: CardDraft) => answerOf(client.POST("/api/cards", { body: draft })),
    onSuccess: (card) => keep(queries, card),
  });
}

export type CardChanges = { id: string } & Partial<
  Pick<CardDraft, "title" | "description" | "agent" | "labels">
>;

export function useUpdateCard() {
  const queries = useQueryClient();
  return useMutation({
    meta: explained,
    mutationFn: ({ id, ...changes }: CardChanges) =>
      answerOf(client.PATCH("/api/cards/{card_id}", { params: of(id), body: changes })),
    onSuccess: (card) => keep(queries, card),
  });
}

export function useDeleteCard() {
  const queries = useQueryClient();
  return useMutation({
    meta: explained,
    mutationFn: (card: Card) => answerOf(client.DELETE("/api/cards/{card_id}", { params: of(card.id) })),
    onSuccess: (_, card) => {
      applyToBoard(queries, card.projectId, { type: "changed", cards: [], removed: [card.id] });
    },
  });
}

/** Moves a card: shown at once, undone when the server refuses. */
export function useMoveCard() {
  const queries = useQueryClient();
  return useMutation({
    meta: explained,
    // One after the other: the place where a card ends is that of its last move.
    scope: { id: "moves" },
    mutationFn: ({ card, place }: { card: Card; place: Place }) =>
      answerOf(client.POST("/api/cards/{card_id}/move", { params: of(card.id), body: place })),
    onMutate: ({ card, place }) => {
      applyToBoard(queries, card.projectId, { type: "move-started", id: card.id, place });
    },
    onSuccess: (card, { place }) =>
      applyToBoard(queries, card.projectId, { type: "move-confirmed", card, place }),
    onError: (_, { card, place }) => {
      applyToBoard(queries, card.projectId, { type: "move-refused", id: card.id, place });
    },
  });
}
