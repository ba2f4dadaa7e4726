import { useCallback, useEffect, useState } from "react";

/** The sequence in an address that ends in `#L123`, or null. */
export function sequenceOf(hash: string): number | null {
  const match = /^#L(\d{1,15})$/.exec(hash);
  const sequence = match ? Number(match[1]) : 0;
  return sequence > 0 ? sequence : null;
}

export type LineHash = {
  /** The line that the address names. */
  marked: number | null;
  /** Puts a line into the address, or takes it out, without going there. */
  mark: (sequence: number | null) => void;
};

/** The line in the page's address. `onVisit` hears of it when a link or the browser's back leads to another. */
export function useLineHash(onVisit: (sequence: number) => void): LineHash {
  const [marked, setMarked] = useState(() => sequenceOf(window.location.hash));
  useEffect(() => {
    const visited = () => {
      const sequence = sequenceOf(window.location.hash);
      setMarked(sequence);
      if (sequence !== null) onVisit(sequence);
    };
    window.addEventListener("hashchange", visited);
    return () => window.removeEventListener("hashchange", visited);
  }, [onVisit]);

  const mark = useCallback((sequence: number | null) => {
    setMarked(sequence);
    const { pathname, search, hash } = window.location;
    const next = sequence === null ? "" : `#L${sequence}`;
    if (hash !== next) window.history.replaceState(window.history.state, "", `${pathname}${search}${next}`);
  }, []);
  return { marked, mark };
}
