import { useCallback, useEffect, useRef } from "react";

import { inOrder, positionAt } from "@/api/board-state";
import type { Place } from "@/api/board-state";
import { useMoveCard } from "@/api/cards";
import type { Card, Column } from "@/api/types";
import { t } from "@/lib/messages";
import { announce, notify } from "@/lib/notices";

import { indexAmongAll } from "./board-filter";
import type { ByColumn } from "./board-filter";

export type CardMoves = {
  /** The cards that are shown, with all moves, also those that the page has yet to draw. */
  shown: () => ByColumn;
  /** Before the card that is shown at `index` of the column now; returns where that is, or null for no move. */
  drop: (cardId: string, column: Column, index: number) => Place | null;
  /** Back to a place where it was. */
  back: (card: Card, place: Place) => Place;
  /** To the start or the end of a column. */
  to: (card: Card, column: Column, end: "top" | "bottom") => Place | null;
};

/**
 * The place for a card dropped before `index` of a column that may hold the card itself; null when it would stay where
 * it is.
 */
export function placeAt(byColumn: ByColumn, card: Card, column: Column, index: number): number | null {
  const own = byColumn[column].findIndex((other) => other.id === card.id);
  if (own !== -1 && (index === own || index === own + 1)) return null;
  const others = byColumn[column].filter((other) => other.id !== card.id);
  return positionAt(others, own !== -1 && own < index ? index - 1 : index);
}

/** The columns once the card is at that place. */
export function afterMove(byColumn: ByColumn, card: Card, place: Place): ByColumn {
  const rest = { ...byColumn, [card.column]: byColumn[card.column].filter(({ id }) => id !== card.id) };
  const moved = { ...card, ...place };
  return { ...rest, [place.column]: [...rest[place.column], moved].toSorted(inOrder) };
}

/** Every way of moving a card ends here: shown at once, undone and explained when the server refuses. */
export function useCardMoves(byColumn: ByColumn, shown: ByColumn): CardMoves {
  const { mutate } = useMoveCard();
  const latest = useRef({ byColumn, shown });
  useEffect(() => {
    latest.current = { byColumn, shown };
  }, [byColumn, shown]);

  const put = useCallback(
    (card: Card, place: Place): Place => {
      // The next key may come before this move is drawn, and counts from here.
      const { byColumn: all, shown: seen } = latest.current;
      const moved = afterMove(all, card, place);
      latest.current = { byColumn: moved, shown: seen === all ? moved : afterMove(seen, card, place) };
      mutate(
        { card, place },
        {
          onSuccess: () => announce(t.card.moved(card.number, t.column[place.column])),
          onError: (error) => notify("problem", t.card.moveRefused(card.number, error.message)),
        },
      );
      return place;
    },
    [mutate],
  );
  const move = useCallback(
    (card: Card, column: Column, index: number): Place | null => {
      const position = placeAt(latest.current.byColumn, card, column, index);
      return position === null ? null : put(card, { column, position });
    },
    [put],
  );
  const drop = useCallback(
    (cardId: string, column: Column, index: number) => {
      const { byColumn: all, shown: seen } = latest.current;
      const card = Object.values(all)
        .flat()
        .find((each) => each.id === cardId);
      return card ? move(card, column, indexAmongAll(seen[column], all[column], index)) : null;
    },
    [move],
  );
  const to = useCallback(
    (card: Card, column: Column, end: "top" | "bottom") =>
      move(card, column, end === "top" ? 0 : latest.current.byColumn[column].length),
    [move],
  );
  return { shown: useCallback(() => latest.current.shown, []), drop, back: put, to };
}
