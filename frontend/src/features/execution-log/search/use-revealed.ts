import { useLayoutEffect, useRef } from "react";

import { foundIn, patternOf, rangeOf, wordsOf } from "./found-words";
import type { LogScroll } from "../window/use-log-window";

/** A line that was gone to, and what was looked for; a new object for each step. */
export type Found = { line: number; query: string };

/** Renders after which a word that does not come into view is given up. */
const TRIES = 20;

/** The words that the row does not show. */
function missingIn(row: Element, words: readonly string[]): string[] {
  return words.filter((word) => {
    const pattern = patternOf([word]);
    return pattern !== null && foundIn(row, pattern).length === 0;
  });
}

/** Scrolls to the first of the words in the row unless it is to be seen; whether it is seen now. */
function bringIntoView(box: HTMLElement, row: Element, words: readonly string[]): boolean {
  const pattern = patternOf(words);
  const [first] = pattern ? foundIn(row, pattern) : [];
  if (!first) return true;
  const word = rangeOf(first);
  // A text that was cut on the wire stands in a box of its own.
  const own = word.startContainer.parentElement?.closest("section[tabindex]");
  for (const element of own && row.contains(own) ? [own, box] : [box]) {
    const { top, bottom } = element.getBoundingClientRect();
    const at = word.getBoundingClientRect();
    if (at.top < top || at.bottom > bottom) element.scrollTop += at.top - top - element.clientHeight / 2;
  }
  const { top, bottom } = box.getBoundingClientRect();
  const at = word.getBoundingClientRect();
  return at.top >= top && at.bottom <= bottom;
}

/** Whether the list knows how high the row is by now: when it learns it later, it moves the view. */
function isMeasured(rows: LogScroll["rows"], row: HTMLElement): boolean {
  const known = rows.measurementsCache[Number(row.dataset["index"])]?.size ?? 0;
  return Math.abs(known - row.offsetHeight) <= 1;
}

type Step = { found: Found; words: string[]; opened: boolean; tries: number };

/**
 * A search that ends in a text that is folded opens it, and goes to the word. Looked at after each render: the line is
 * read first, then opened, then measured; and a text that was cut on the wire is read, too.
 */
export function useRevealed(
  found: Found | null,
  { box, rows, letGo }: LogScroll,
  toggle: (line: number) => void,
): void {
  const seen = useRef<Found | null>(null);
  const step = useRef<Step | null>(null);
  useLayoutEffect(() => {
    if (found !== seen.current) {
      seen.current = found;
      step.current = found ? { found, words: wordsOf(found.query), opened: false, tries: TRIES } : null;
    }
    const now = step.current;
    const row = now && box.current?.querySelector<HTMLElement>(`[data-sequence="${now.found.line}"]`);
    if (!now || !row?.querySelector("[data-content]") || !box.current) return;
    const missing = missingIn(row, now.words);
    if (missing.length > 0 && !now.opened) {
      now.opened = true;
      now.words = missing;
      if (row.querySelector("[aria-expanded=false]")) toggle(now.found.line);
      else step.current = null;
    } else if (missing.length === 0 && isMeasured(rows, row)) {
      // A row that is pinned to the top would go back there.
      if (now.opened) letGo();
      if (bringIntoView(box.current, row, now.words)) step.current = null;
    }
    if (--now.tries <= 0) step.current = null;
  });
}
