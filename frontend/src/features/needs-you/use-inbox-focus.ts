import { useEffect, useLayoutEffect, useRef } from "react";
import type { RefObject } from "react";

import { onKey } from "@/lib/keys";

const itemsIn = (list: HTMLElement | null) =>
  [...(list?.children ?? [])].filter((item) => item instanceof HTMLElement);

const placeOfFocus = (list: HTMLElement | null) =>
  itemsIn(list).findIndex((item) => item.contains(document.activeElement));

/**
 * `j` and `k` go to the first answer of the next and the previous item. No key answers by itself, and what arrives never
 * takes the focus. When the item with the focus goes, the focus is kept in its place: on the next item, not on its
 * answer, so that a second Enter answers nothing.
 */
export function useInboxFocus(): RefObject<HTMLOListElement | null> {
  const list = useRef<HTMLOListElement>(null);
  const place = useRef(-1);

  useEffect(() => {
    const go = (step: number) => {
      const items = itemsIn(list.current);
      const next = Math.min(Math.max(placeOfFocus(list.current) + step, 0), items.length - 1);
      items[next]?.querySelector<HTMLElement>(":is(button, input):not(:disabled)")?.focus();
      items[next]?.scrollIntoView({ block: "nearest" });
    };
    const stops = [onKey("j", () => go(1)), onKey("k", () => go(-1))];
    const remember = () => {
      // The focus of what is taken away falls on the body, which tells nothing.
      if (document.activeElement !== document.body) place.current = placeOfFocus(list.current);
    };
    document.addEventListener("focusin", remember);
    return () => {
      for (const stop of stops) stop();
      document.removeEventListener("focusin", remember);
    };
  }, []);

  useLayoutEffect(() => {
    if (place.current < 0 || document.activeElement !== document.body) return;
    const items = itemsIn(list.current);
    const next =
      items[Math.min(place.current, items.length - 1)] ?? document.querySelector<HTMLElement>("h1");
    next?.focus();
  });
  return list;
}
