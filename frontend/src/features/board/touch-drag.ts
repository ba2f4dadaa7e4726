import { useEffect, useState } from "react";
import type { RefObject } from "react";

import type { Card } from "@/api/types";
import { t } from "@/lib/messages";
import { announce } from "@/lib/notices";

import { spotOf } from "./board-keys";
import { HeldCard } from "./held-card";
import type { Point } from "./held-card";
import type { CardMoves } from "./moves";

/**
 * Dragging by touch. Browsers begin their own drag by touch after a long press, or never: so a long press of ours takes
 * the card, before theirs would. A swipe scrolls as ever.
 */
const HOLD_MS = 300;
/** A finger that rests moves this much, in px. */
const STILL = 10;

type Handlers = {
  onGrab: (cardId: string) => void;
  /** The card was let go, and whether it went to another place. */
  onEnd: (cardId: string, moved: boolean) => void;
};

/** One touch on a card, from its beginning to its end. Returns the function that gives it up. */
function touchOn(link: HTMLElement, screen: Element, first: Touch, handlers: Handlers): () => void {
  const cardId = link.dataset["card"] ?? "";
  const over = new AbortController();
  let at: Point = first;
  let held: HeldCard | null = null;
  let wasHeld = false;
  const timer = setTimeout(() => {
    held = new HeldCard(cardId, link.closest("article") ?? link, at, screen);
    wasHeld = true;
    handlers.onGrab(cardId);
  }, HOLD_MS);
  const letGo = (how: "drop" | "end") => {
    clearTimeout(timer);
    const card = held;
    held = null;
    if (card) handlers.onEnd(cardId, card[how]() === true);
  };
  const giveUp = () => {
    letGo("end");
    over.abort();
  };
  // The touch belongs to the link to its end, even when the link has been scrolled out of the page.
  const options = { signal: over.signal, passive: false };
  const unlessScrolling = (event: Event) => wasHeld && event.cancelable && event.preventDefault();
  link.addEventListener("contextmenu", unlessScrolling, options);
  document.addEventListener("dragstart", (event) => event.preventDefault(), { ...options, capture: true });
  document.addEventListener("keydown", (event) => event.key === "Escape" && letGo("end"), options);
  link.addEventListener("touchcancel", giveUp, options);
  link.addEventListener(
    "touchmove",
    (event) => {
      unlessScrolling(event);
      at = event.touches[0] ?? at;
      held?.moveTo(at);
      const far = Math.hypot(at.clientX - first.clientX, at.clientY - first.clientY) > STILL;
      if (event.touches.length > 1 || (far && !wasHeld)) giveUp();
    },
    options,
  );
  link.addEventListener(
    "touchend",
    (event) => {
      // What was held is not tapped.
      unlessScrolling(event);
      letGo("drop");
      over.abort();
    },
    options,
  );
  return giveUp;
}

/** Says where the card is, in the given words. */
function tell(
  shown: CardMoves["shown"],
  cardId: string,
  words: (card: Card, place: number, count: number) => string,
) {
  const byColumn = shown();
  const spot = spotOf(byColumn, cardId);
  const cards = spot ? byColumn[spot.column] : [];
  const card = spot && cards[spot.index];
  if (card) announce(words(card, spot.index + 1, cards.length));
}

/** Lets a long press take a card of the screen. Returns the id of the card in the hand. */
export function useTouchDrag(screen: RefObject<HTMLElement | null>, moves: CardMoves): string | null {
  const [heldId, setHeldId] = useState<string | null>(null);
  const { shown } = moves;
  useEffect(() => {
    const element = screen.current;
    if (!element) return undefined;
    const handlers: Handlers = {
      onGrab: (cardId) => {
        setHeldId(cardId);
        tell(shown, cardId, ({ number, column }, place, count) =>
          t.grab.held(number, place, count, t.column[column]),
        );
      },
      onEnd: (cardId, moved) => {
        setHeldId(null);
        if (!moved) tell(shown, cardId, ({ number }) => t.grab.back(number));
      },
    };
    let giveUp = () => {};
    const start = (event: TouchEvent) => {
      giveUp();
      const [touch, other] = event.touches;
      const link = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-card]") : null;
      if (touch && !other && link) giveUp = touchOn(link, element, touch, handlers);
    };
    element.addEventListener("touchstart", start, { passive: true });
    return () => {
      giveUp();
      element.removeEventListener("touchstart", start);
    };
  }, [screen, shown]);
  return heldId;
}
