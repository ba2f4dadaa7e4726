import { useCallback, useEffect, useMemo, useRef, useState } from "react";

import { firstOf, hashOf, rangeIn } from "./line-range";
import type { LineRange } from "./line-range";

export type LineHash = {
  /** The lines that the address names. */
  chosen: LineRange | null;
  /** Puts lines into the address, or takes them out, without going there. */
  choose: (lines: LineRange | null) => void;
  /** Chooses all lines up to `to`: from the first chosen one on, or from `from` where none is. */
  extend: (from: number, to: number) => void;
};

function writeHash(hash: string): void {
  const { pathname, search } = window.location;
  if (window.location.hash === hash) return;
  window.history.replaceState(window.history.state, "", `${pathname}${search}${hash}`);
}

/** The lines in the page's address. `onVisit` hears of it when a link or the browser's back leads to others. */
export function useLineHash(onVisit: (line: number) => void): LineHash {
  const [chosen, setChosen] = useState(() => rangeIn(window.location.hash));
  const latest = useRef(chosen);
  useEffect(() => {
    latest.current = chosen;
  });
  useEffect(() => {
    const visited = () => {
      const lines = rangeIn(window.location.hash);
      setChosen(lines);
      if (lines) onVisit(firstOf(lines));
    };
    window.addEventListener("hashchange", visited);
    return () => window.removeEventListener("hashchange", visited);
  }, [onVisit]);

  const choose = useCallback((lines: LineRange | null) => {
    setChosen(lines);
    writeHash(lines ? hashOf(lines) : "");
  }, []);
  const extend = useCallback(
    (from: number, to: number) => choose({ from: latest.current?.from ?? from, to }),
    [choose],
  );
  return useMemo(() => ({ chosen, choose, extend }), [chosen, choose, extend]);
}
