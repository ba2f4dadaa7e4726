import { useQueryClient } from "@tanstack/react-query";

import { columns, positionAt } from "@/api/board-state";
import { cardQuery, useMoveCard } from "@/api/cards";
import { useClearCard, useRunCommand } from "@/api/executions";
import { commands } from "@/api/types";
import type { Card, Column } from "@/api/types";
import { openDialog } from "@/lib/dialogs";
import { t } from "@/lib/messages";
import { notify } from "@/lib/notices";
import { isUnfinished } from "@/lib/status";

import type { PaletteItem } from "./palette-item";

type Cards = ReadonlyMap<string, Card>;

const item = (card: Card, title: string, act: () => void): PaletteItem => ({
  id: `${title} ${card.id}`,
  group: "card",
  title,
  hint: t.card.number(card.number),
  act,
});

/** The palette is gone before an answer comes, so these wait for it by themselves; refusals are said by whoever asked. */
function useRunItems(card: Card | undefined): PaletteItem[] {
  const run = useRunCommand();
  const clear = useClearCard();
  const queries = useQueryClient();
  if (!card) return [];
  const execution = card.activeExecution;
  // The dialogs read this card on its own.
  const known = () => void queries.setQueryData(cardQuery(card.id).queryKey, card);
  if (execution && isUnfinished(execution.status)) {
    return [
      item(card, t.card.cancel, () => {
        known();
        openDialog({ kind: "cancel-run", cardId: card.id, executionId: execution.id });
      }),
    ];
  }
  const start = commands.map((command) =>
    item(card, t.palette.run(command), () => {
      const done = run.mutateAsync({ cardId: card.id, command });
      done.then(() => notify("done", t.card.started(command, card.number))).catch(() => {});
    }),
  );
  if (!execution) return start;
  const resume = item(card, t.run.resumeWith, () => {
    known();
    openDialog({ kind: "resume-with-note", cardId: card.id, executionId: execution.id });
  });
  const cleared = item(card, t.card.clear, () => {
    const done = clear.mutateAsync(card.id);
    done.then(() => notify("done", t.card.cleared(card.number))).catch(() => {});
  });
  return [...start, resume, cleared];
}

function useMoveItems(card: Card | undefined, cards: Cards | undefined): PaletteItem[] {
  const move = useMoveCard();
  if (!card || !cards) return [];
  const to = async (column: Column) => {
    const others = [...cards.values()].filter((each) => each.column === column);
    others.sort((a, b) => a.position - b.position);
    try {
      await move.mutateAsync({ card, place: { column, position: positionAt(others, others.length) } });
      notify("done", t.card.moved(card.number, t.column[column]));
    } catch (error) {
      notify("problem", t.card.moveRefused(card.number, error instanceof Error ? error.message : ""));
    }
  };
  return columns
    .filter((column) => column !== card.column)
    .map((column) => item(card, t.palette.moveTo(t.column[column]), () => void to(column)));
}

/** What can be done with one card. */
export function useCardItems(card: Card | undefined, cards: Cards | undefined): PaletteItem[] {
  const run = useRunItems(card);
  const move = useMoveItems(card, cards);
  if (!card) return [];
  const edit = item(card, t.card.edit, () => openDialog({ kind: "edit-card", cardId: card.id }));
  return [...run, ...move, edit];
}
