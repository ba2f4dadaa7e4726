import type { KeyboardEvent } from "react";

import type { Place } from "@/api/board-state";
import type { Card, Column } from "@/api/types";

import { hasSingleKeys } from "@/lib/keys";

import { directionOf, neighbour, spotOf, stepTo } from "./board-keys";
import type { OpenMenu } from "./card-face";
import type { CardMoves } from "./moves";

type Options = {
  byColumn: Record<Column, Card[]>;
  moves: CardMoves;
  onMenu: OpenMenu;
  onFocus: (cardId: string, place?: Place) => void;
};

/** Keys on a focused card: arrows or `h j k l` go to the next one, with Shift they move the card, `m` asks where to. */
export function useBoardKeys({ byColumn, moves, onMenu, onFocus }: Options) {
  return (event: KeyboardEvent) => {
    const target = event.target;
    if (event.key.length === 1 && event.key !== " " && !hasSingleKeys()) return;
    if (!(target instanceof HTMLElement) || event.ctrlKey || event.metaKey || event.altKey) return;
    const cardId = target.dataset["card"];
    const spot = cardId === undefined ? null : spotOf(byColumn, cardId);
    const card = spot && byColumn[spot.column][spot.index];
    if (!card) return;
    const direction = directionOf(event.key);
    if (direction && event.shiftKey) {
      const to = stepTo(byColumn, spot, direction);
      const place = to && moves.drop(card.id, to.column, to.index);
      if (place) onFocus(card.id, place);
    } else if (direction) {
      const next = neighbour(byColumn, spot, direction);
      if (next) onFocus(next.id);
    } else if (event.key === "m") {
      onMenu("move", card, target);
    } else {
      return;
    }
    event.preventDefault();
  };
}
