import { useEffect } from "react";
import type { RefObject } from "react";

import { onKey } from "@/lib/keys";

type Moves = { toStart: () => void; toEnd: () => void };

/** Whether a key belongs to the log: pressed in it, or nowhere in particular. */
export function belongsTo({ target }: KeyboardEvent, root: HTMLElement): boolean {
  if (target === document.body) return true;
  return target instanceof HTMLElement && root.contains(target) && !target.closest("[data-own-keys]");
}

const isPlain = ({ ctrlKey, metaKey, altKey, defaultPrevented }: KeyboardEvent): boolean =>
  !ctrlKey && !metaKey && !altKey && !defaultPrevented;

/** Home, End and G; and the page keys when nothing has the focus: the log then takes it. */
export function useLogKeys(
  root: RefObject<HTMLElement | null>,
  box: RefObject<HTMLElement | null>,
  { toStart, toEnd }: Moves,
): void {
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (!root.current || !isPlain(event) || !belongsTo(event, root.current)) return;
      if (event.key === "Home") toStart();
      else if (event.key === "End") toEnd();
      else {
        // With the focus, the browser itself scrolls by the key that is going down.
        if (event.target === document.body && /^(Page|Arrow)(Up|Down)$/.test(event.key)) box.current?.focus();
        return;
      }
      event.preventDefault();
    };
    document.addEventListener("keydown", pressed);
    const stopKey = onKey("g", toEnd);
    return () => {
      document.removeEventListener("keydown", pressed);
      stopKey();
    };
  }, [root, box, toStart, toEnd]);
}
