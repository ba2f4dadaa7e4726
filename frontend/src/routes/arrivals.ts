import { useEffect, useRef } from "react";

import type { Card } from "@/api/types";
import { t } from "@/lib/messages";
import { announce } from "@/lib/notices";
import { isUnfinished, statusWord } from "@/lib/status";
import type { CardStatus } from "@/lib/status";

/** The run of each card that has one, by its card's id. */
type Runs = ReadonlyMap<string, { id: string; status: CardStatus }>;

export function runsOf(cards: readonly Card[]): Runs {
  return new Map(
    cards.flatMap(({ id, activeExecution: run }) => (run ? [[id, { id: run.id, status: run.status }]] : [])),
  );
}

/** What became worth hearing since `before`: who began to need the user, and which runs ended. */
export function newsOf(before: Runs, cards: readonly Card[]): string[] {
  return cards.flatMap(({ id, number, activeExecution: run }) => {
    const known = before.get(id);
    if (!run || (known?.id === run.id && known.status === run.status)) return [];
    if (run.status === "waiting") return [t.question.arrived(number)];
    // Only an end that was seen: what had ended before the screen was open is no news.
    const ended = known?.id === run.id && isUnfinished(known.status) && !isUnfinished(run.status);
    return ended ? [t.ended(number, run.command, statusWord(run.status))] : [];
  });
}

/** Says aloud what happened to the cards while the screen was open; undefined = not read yet. */
export function useArrivals(cards: readonly Card[] | undefined): void {
  const before = useRef<Runs | null>(null);
  useEffect(() => {
    if (!cards) return;
    if (before.current) for (const line of newsOf(before.current, cards)) announce(line);
    before.current = runsOf(cards);
  }, [cards]);
}
