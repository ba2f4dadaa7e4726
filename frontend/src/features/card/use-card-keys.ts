import { useEffect, useRef } from "react";

import type { Card, Execution } from "@/api/types";
import { openDialog } from "@/lib/dialogs";
import { onKey } from "@/lib/keys";
import { isUnfinished } from "@/lib/status";

type CardKeys = {
  card: Card;
  /** Newest first. */
  executions: readonly Execution[];
  /** The run that is read. */
  shownId: string | undefined;
  /** How many tabs there are. */
  tabs: number;
  onTab: (index: number) => void;
  onRun: (executionId: string) => void;
};

/** The run before (`step` 1) or after (-1) the one that is read; undefined at either end. */
export function neighbour(
  executions: readonly Execution[],
  shownId: string | undefined,
  step: 1 | -1,
): Execution | undefined {
  const at = executions.findIndex((each) => each.id === shownId);
  // A cleared card reads none of its runs: the latest one is then the one before.
  if (at === -1) return step === 1 ? executions[0] : undefined;
  return executions[at + step];
}

/** Asks before the run is cancelled. */
function askToCancel({ card }: CardKeys): void {
  const run = card.activeExecution;
  if (!run || !isUnfinished(run.status)) return;
  openDialog({ kind: "cancel-run", cardId: card.id, executionId: run.id });
}

/** A run costs money, and one letter is soon typed beside a text field: the dialog is one Enter away from the start. */
function offerToRunAgain({ card, executions, shownId }: CardKeys): void {
  if (isUnfinished(card.activeExecution?.status ?? "idle")) return;
  const run = executions.find((each) => each.id === shownId) ?? executions[0];
  if (run) openDialog({ kind: "run-with-note", cardId: card.id, command: run.command });
}

/** The card's single keys: the tabs by number, `x` cancels, `r` runs again, `[` and `]` read the run before or after. */
export function useCardKeys(keys: CardKeys): void {
  const latest = useRef(keys);
  useEffect(() => {
    latest.current = keys;
  });
  useEffect(() => {
    const go = (step: 1 | -1) => () => {
      const { executions, shownId, onRun } = latest.current;
      const run = neighbour(executions, shownId, step);
      if (run) onRun(run.id);
    };
    const tab = (index: number) => () => {
      if (index < latest.current.tabs) latest.current.onTab(index);
    };
    const stops = [
      onKey("x", () => askToCancel(latest.current)),
      onKey("r", () => offerToRunAgain(latest.current)),
      onKey("[", go(1)),
      onKey("]", go(-1)),
      ...[0, 1, 2, 3].map((index) => onKey(String(index + 1), tab(index))),
    ];
    return () => stops.forEach((stop) => stop());
  }, []);
}
