import { useEffect, useRef } from "react";

/** Where the reader of a log stood when the page was left; a refresh returns there. */
type Place = { sequence: Reading; hash: string };

/** The first line on the screen, or that the end is followed. */
type Reading = number | "end";

const keyHere = (): string => `retoma.place ${window.location.pathname}${window.location.search}`;

/** Keeps the place for this tab of the browser; null: there is none worth it. */
export function keepPlace(sequence: Reading | null): void {
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

/** Where to return to, once; null where there is none, or where the address was changed to name another line. */
export function takePlace(): Reading | null {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(keyHere()) ?? "null");
    sessionStorage.removeItem(keyHere());
    if (typeof kept !== "object" || kept === null) return null;
    const { sequence, hash } = kept as Partial<Place>;
    if (hash !== window.location.hash) return null;
    return typeof sequence === "number" || sequence === "end" ? sequence : null;
  } catch {
    return null;
  }
}

/** Keeps the place when the page is left. */
export function usePlaceKept(sequence: Reading | null): void {
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
