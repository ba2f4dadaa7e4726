import { useEffect, useState } from "react";
import type { KeyboardEvent as ReactKeyboardEvent } from "react";

import type { Place } from "@/api/board-state";
import type { Card } from "@/api/types";
import { t } from "@/lib/messages";
import { announce } from "@/lib/notices";

import { hasSingleKeys } from "@/lib/keys";

import { directionOf, neighbour, spotOf, stepTo } from "./board-keys";
import type { Direction, Spot } from "./board-keys";
import type { OpenMenu } from "./card-face";
import type { CardMoves } from "./moves";

type Options = {
  moves: CardMoves;
  onMenu: OpenMenu;
  onFocus: (cardId: string, place?: Place) => void;
  /** The card that takes the focus as soon as it is in the page. */
  wantedId: string | null;
};

/** A card that the keyboard holds, and where it was. */
type Grabbed = { cardId: string; from: Place };

/** Space takes a card and lets it go where it is then; Escape puts it back. Returns whether the key was one of them. */
function useGrab({ moves, onFocus }: Pick<Options, "moves" | "onFocus">) {
  const [grabbed, setGrabbed] = useState<Grabbed | null>(null);
  const press = (key: string, card: Card, place: number, count: number): boolean => {
    const held = grabbed?.cardId === card.id ? grabbed : null;
    const where = [place, count, t.column[card.column]] as const;
    if (key === " " || (key === "Enter" && held)) {
      setGrabbed(held ? null : { cardId: card.id, from: { column: card.column, position: card.position } });
      announce(held ? t.grab.dropped(card.number, ...where) : t.grab.grabbed(card.number, ...where));
    } else if (key === "Escape" && held) {
      setGrabbed(null);
      const moved = card.column !== held.from.column || card.position !== held.from.position;
      if (moved) onFocus(card.id, moves.back(card, held.from));
      announce(t.grab.back(card.number));
    } else {
      if (key === "Tab" || !held) setGrabbed(null);
      return false;
    }
    return true;
  };
  return { grabbedId: grabbed?.cardId ?? null, press };
}

type Key = Pick<KeyboardEvent, "key" | "shiftKey" | "ctrlKey" | "metaKey" | "altKey" | "preventDefault">;

/** Hands the keys that fall on the body to the card: while a move is drawn, it is out of the page for a moment. */
function useKeysOfAbsent(cardId: string | null, press: (key: Key, cardId: string) => void): void {
  useEffect(() => {
    if (cardId === null) return undefined;
    const listener = (event: KeyboardEvent) => {
      if (event.target === document.body && !event.defaultPrevented) press(event, cardId);
    };
    document.addEventListener("keydown", listener);
    return () => document.removeEventListener("keydown", listener);
  });
}

/**
 * Keys on a focused card: arrows or `h j k l` go to the next one; with Shift, or while it is grabbed, they move the card;
 * `m` asks where to. However fast they come, each counts from where the one before has led.
 */
export function useBoardKeys({ moves, onMenu, onFocus, wantedId }: Options) {
  const { grabbedId, press } = useGrab({ moves, onFocus });
  const go = (card: Card, spot: Spot, direction: Direction, carries: boolean) => {
    if (!carries) {
      const next = neighbour(moves.shown(), spot, direction);
      if (next) onFocus(next.id);
      return;
    }
    const to = stepTo(moves.shown(), spot, direction);
    const place = to && moves.drop(card.id, to.column, to.index);
    if (place) onFocus(card.id, place);
  };
  const onKey = (event: Key, cardId: string, link?: HTMLElement) => {
    if (event.key.length === 1 && event.key !== " " && !hasSingleKeys()) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const byColumn = moves.shown();
    const spot = spotOf(byColumn, cardId);
    const card = spot && byColumn[spot.column][spot.index];
    if (!card) return;
    const direction = directionOf(event.key);
    if (direction) go(card, spot, direction, event.shiftKey || grabbedId === card.id);
    else if (event.key === "m" && link) onMenu("move", card, link);
    else if (!press(event.key, card, spot.index + 1, byColumn[spot.column].length)) return;
    event.preventDefault();
  };
  useKeysOfAbsent(wantedId ?? grabbedId, onKey);
  const onKeyDown = (event: ReactKeyboardEvent) => {
    const link = event.target;
    const cardId = link instanceof HTMLElement ? link.dataset["card"] : undefined;
    if (link instanceof HTMLElement && cardId !== undefined) onKey(event.nativeEvent, cardId, link);
  };
  return { grabbedId, onKeyDown };
}
