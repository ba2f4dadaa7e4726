import { useQuery } from "@tanstack/react-query";

import { cardQuery, useUpdateCard } from "@/api/cards";
import { t } from "@/lib/messages";
import { notify } from "@/lib/notices";

import { CardForm } from "./card-form";
import { Frame } from "./frame";

type Props = { cardId: string; onClose: () => void };

export function EditCard({ cardId, onClose }: Props) {
  const card = useQuery(cardQuery(cardId)).data;
  const update = useUpdateCard();
  if (!card) return null;
  return (
    <Frame title={t.form.editTitle(card.number)} onClose={onClose} size={560}>
      <CardForm
        projectId={card.projectId}
        initial={card}
        submitLabel={t.form.save}
        busy={update.isPending}
        error={update.error}
        fixedColumn
        onClose={onClose}
        onSubmit={({ title, description, agent, labels }) =>
          update.mutate(
            { id: card.id, title, description, agent, labels },
            {
              onSuccess: () => {
                notify("done", t.form.saved(card.number));
                onClose();
              },
            },
          )
        }
      />
    </Frame>
  );
}
