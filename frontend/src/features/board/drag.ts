import { autoScrollForElements } from "@atlaskit/pragmatic-drag-and-drop-auto-scroll/element";
import { draggable, dropTargetForElements } from "@atlaskit/pragmatic-drag-and-drop/element/adapter";
import { useEffect, useRef, useState } from "react";
import type { RefObject } from "react";

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
  onDrop: (cardId: string, index: number) => void;
};

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
    return dropTargetForElements({
      element,
      canDrop: ({ source }) => typeof source.data["cardId"] === "string",
      onDragEnter: ({ location }) => setIndex(latest.current.indexAt(location.current.input.clientY)),
      onDrag: ({ location }) => setIndex(latest.current.indexAt(location.current.input.clientY)),
      onDragLeave: () => setIndex(null),
      onDrop: ({ source, location }) => {
        setIndex(null);
        const cardId = source.data["cardId"];
        if (typeof cardId !== "string") return;
        latest.current.onDrop(cardId, latest.current.indexAt(location.current.input.clientY));
      },
    });
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
