import { useLayoutEffect, useMemo } from "react";
import type { RefObject } from "react";

import { foundIn, patternOf, wordsOf } from "./found-words";

const NAME = "log-found";

const rowOf = (node: Node): Element | null =>
  (node instanceof Element ? node : node.parentElement)?.closest("[data-index]") ?? null;

/** Keeps the found words painted in the rows of `box`: each row when it comes or changes, and no other. */
function paintRows(box: Element, pattern: RegExp): () => void {
  const painted = new Highlight();
  const rangesOf = new Map<Element, StaticRange[]>();
  const paint = (row: Element) => {
    rangesOf.get(row)?.forEach((range) => painted.delete(range));
    rangesOf.delete(row);
    if (!row.isConnected) return;
    const ranges = foundIn(row, pattern).map((found) => new StaticRange(found));
    ranges.forEach((range) => painted.add(range));
    if (ranges.length > 0) rangesOf.set(row, ranges);
  };
  const observer = new MutationObserver((changes) => {
    const touched = changes.flatMap(({ target, addedNodes, removedNodes }) =>
      [target, ...addedNodes, ...removedNodes].map(rowOf),
    );
    for (const row of new Set(touched)) {
      if (row) paint(row);
    }
  });
  observer.observe(box, { childList: true, characterData: true, subtree: true });
  box.querySelectorAll("[data-index]").forEach(paint);
  CSS.highlights.set(NAME, painted);
  return () => {
    observer.disconnect();
    CSS.highlights.delete(NAME);
  };
}

/** Paints the found words, the rows themselves stay as they are. A browser that can't do that shows the found line alone. */
export function useHighlights(box: RefObject<HTMLElement | null>, query: string): void {
  const pattern = useMemo(() => patternOf(wordsOf(query)), [query]);
  useLayoutEffect(() => {
    if (!pattern || !box.current || typeof Highlight === "undefined") return undefined;
    return paintRows(box.current, pattern);
  }, [box, pattern]);
}
