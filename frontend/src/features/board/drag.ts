import { autoScrollForElements } from "@atlaskit/pragmatic-drag-and-drop-auto-scroll/element";
import { draggable, dropTargetForElements } from "@atlaskit/pragmatic-drag-and-drop/element/adapter";
import { useEffect, useRef, useState } from "react";
import type { RefObject } from "react";

import type { Place } from "@/api/board-state";
import type { Card } from "@/api/types";

/** Makes an element draggable as a card; returns whether it is being dragged. */
export function useDraggableCard(ref: RefObject<HTMLElement | null>, card: Card): boolean {
  const [dragging, setDragging] = useState(false);
  useEffect(() => {
    const element = ref.current;
    if (!element) return undefined;
    return draggable({
      element,
      getInitialData: () => ({ cardId: card.id }),
      onDragStart: () => setDragging(true),
      onDrop: () => setDragging(false),
    });
  }, [ref, card.id]);
  return dragging;
}

type DropHandlers = {
  /** Where a card held at this height (client y) would go. */
  indexAt: (clientY: number) => number;
  /** Returns where it went; null when it stays where it was. */
  onDrop: (cardId: string, index: number) => Place | null;
};

/** What takes cards, whoever carries them: the browser's own drag, or a finger. */
export type DropTarget = {
  readonly element: Element;
  over: (clientY: number) => void;
  leave: () => void;
  drop: (cardId: string, clientY: number) => Place | null;
};

const targets = new Map<Element, DropTarget>();

export function dropTargetAt(clientX: number, clientY: number): DropTarget | null {
  let element = document.elementFromPoint(clientX, clientY);
  while (element && !targets.has(element)) element = element.parentElement;
  return (element && targets.get(element)) ?? null;
}

/** Makes an element take cards: one target for a whole column. Returns the index a held card would go to, or null. */
export function useCardDrop(ref: RefObject<HTMLElement | null>, handlers: DropHandlers): number | null {
  const [index, setIndex] = useState<number | null>(null);
  const latest = useRef(handlers);
  useEffect(() => {
    latest.current = handlers;
  });
  useEffect(() => {
    const element = ref.current;
    if (!element) return undefined;
    const target: DropTarget = {
      element,
      over: (clientY) => setIndex(latest.current.indexAt(clientY)),
      leave: () => setIndex(null),
      drop: (cardId, clientY) => {
        setIndex(null);
        return latest.current.onDrop(cardId, latest.current.indexAt(clientY));
      },
    };
    targets.set(element, target);
    const stop = dropTargetForElements({
      element,
      canDrop: ({ source }) => typeof source.data["cardId"] === "string",
      onDragEnter: ({ location }) => target.over(location.current.input.clientY),
      onDrag: ({ location }) => target.over(location.current.input.clientY),
      onDragLeave: target.leave,
      onDrop: ({ source, location }) => {
        const cardId = source.data["cardId"];
        if (typeof cardId === "string") target.drop(cardId, location.current.input.clientY);
      },
    });
    return () => {
      targets.delete(element);
      stop();
    };
  }, [ref]);
  return index;
}

/** The index before the first row whose middle lies below `y`; the end if there is none. */
export function insertionIndex(rows: readonly { start: number; size: number }[], y: number): number {
  const index = rows.findIndex((row) => row.start + row.size / 2 > y);
  return index === -1 ? rows.length : index;
}

/** Scrolls an element while a card is held near its edge. */
export function useEdgeScroll(ref: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const element = ref.current;
    return element ? autoScrollForElements({ element }) : undefined;
  }, [ref]);
}
