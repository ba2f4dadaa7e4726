import { useEffect, useRef } from "react";

/** Where the reader of a log stood when the page was left; a refresh returns there. */
type Place = { sequence: number; hash: string };

const keyHere = (): string => `retoma.place ${window.location.pathname}${window.location.search}`;

/** Keeps the first line on the screen for this tab of the browser; null: the end was followed. */
export function keepPlace(sequence: number | null): void {
  try {
    if (sequence === null) sessionStorage.removeItem(keyHere());
    else {
      const place: Place = { sequence, hash: window.location.hash };
      sessionStorage.setItem(keyHere(), JSON.stringify(place));
    }
  } catch {
    // Without storage a refresh leads to the line of the address, or to the end.
  }
}

/** The line to return to, once; null where there is none, or where the address was changed to name another line. */
export function takePlace(): number | null {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(keyHere()) ?? "null");
    sessionStorage.removeItem(keyHere());
    if (typeof kept !== "object" || kept === null) return null;
    const { sequence, hash } = kept as Partial<Place>;
    return hash === window.location.hash && typeof sequence === "number" ? sequence : null;
  } catch {
    return null;
  }
}

/** Keeps the place when the page is left. `sequence`: the first line on the screen, null where the end is followed. */
export function usePlaceKept(sequence: number | null): void {
  const latest = useRef(sequence);
  useEffect(() => {
    latest.current = sequence;
  });
  useEffect(() => {
    const keep = () => keepPlace(latest.current);
    window.addEventListener("pagehide", keep);
    return () => window.removeEventListener("pagehide", keep);
  }, []);
}
