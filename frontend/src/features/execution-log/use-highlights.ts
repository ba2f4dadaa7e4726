import { useLayoutEffect, useMemo } from "react";
import type { RefObject } from "react";

import { foundIn, patternOf } from "./found-words";

const NAME = "log-found";

/**
 * Paints the found words in the rows that are mounted, after every render: the rows themselves stay as they are. A
 * browser that can't do that shows the found line alone.
 */
export function useHighlights(box: RefObject<HTMLElement | null>, query: string): void {
  const pattern = useMemo(() => patternOf(query), [query]);
  useLayoutEffect(() => {
    if (typeof Highlight === "undefined") return;
    if (pattern && box.current) CSS.highlights.set(NAME, new Highlight(...foundIn(box.current, pattern)));
    else CSS.highlights.delete(NAME);
  });
  useLayoutEffect(() => () => void globalThis.CSS?.highlights?.delete(NAME), []);
}
