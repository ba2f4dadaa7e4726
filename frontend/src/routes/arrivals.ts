import { useEffect, useRef } from "react";

import type { Card } from "@/api/types";
import { t } from "@/lib/messages";
import { announce } from "@/lib/notices";

/** Says aloud which cards began to need the user while the screen was open; undefined = not read yet. */
export function useArrivals(cards: readonly Card[] | undefined): void {
  const before = useRef<ReadonlySet<string> | null>(null);
  useEffect(() => {
    if (!cards) return;
    const waiting = cards.filter((card) => card.activeExecution?.status === "waiting");
    for (const { id, number } of waiting) {
      if (before.current && !before.current.has(id)) announce(t.question.arrived(number));
    }
    before.current = new Set(waiting.map(({ id }) => id));
  }, [cards]);
}
