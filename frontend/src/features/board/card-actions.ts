import { useClearCard, useRunCommand } from "@/api/executions";
import type { Card, Command } from "@/api/types";
import { t } from "@/lib/messages";
import { notify } from "@/lib/notices";

export type CardActions = {
  run: (card: Card, command: Command) => void;
  clear: (card: Card) => void;
};

/** What can be done with a card's run from the board. Belongs to the board: a menu is gone before the answer comes. */
export function useCardActions(): CardActions {
  const run = useRunCommand();
  const clear = useClearCard();
  return {
    run: (card, command) =>
      run.mutate(
        { cardId: card.id, command },
        { onSuccess: () => notify("done", t.card.started(command, card.number)) },
      ),
    clear: (card) => clear.mutate(card.id, { onSuccess: () => notify("done", t.card.cleared(card.number)) }),
  };
}
