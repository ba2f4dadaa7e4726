import { useCreateCard } from "@/api/cards";
import type { Column } from "@/api/types";
import { t } from "@/lib/messages";
import { notify } from "@/lib/notices";

import { CardForm } from "./card-form";
import { clearDraft, readDraft, writeDraft } from "./draft";
import { Frame } from "./frame";

type Props = { projectId: string; column: Column; onClose: () => void };

/** Writes a new card. What was typed is kept until the card is created, even when the dialog is closed. */
export function CreateCard({ projectId, column, onClose }: Props) {
  const create = useCreateCard();
  const draft = readDraft(projectId);
  return (
    <Frame title={t.form.createTitle} onClose={onClose} size={560}>
      <CardForm
        projectId={projectId}
        initial={{ title: draft.title, description: draft.description, agent: null, labels: [], column }}
        submitLabel={t.form.create}
        busy={create.isPending}
        error={create.error}
        onChange={(values) => writeDraft(projectId, values)}
        onClose={onClose}
        onSubmit={(values) =>
          create.mutate(
            { projectId, ...values },
            {
              onSuccess: (card) => {
                clearDraft(projectId);
                notify("done", t.form.created(card.number));
                onClose();
              },
            },
          )
        }
      />
    </Frame>
  );
}
