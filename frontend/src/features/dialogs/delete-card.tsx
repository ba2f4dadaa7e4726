import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";

import { cardQuery, useDeleteCard } from "@/api/cards";
import { t } from "@/lib/messages";
import { notify } from "@/lib/notices";
import { isUnfinished } from "@/lib/status";

import { Confirm } from "./frame";

type Props = { cardId: string; onClose: () => void };

export function DeleteCard({ cardId, onClose }: Props) {
  const card = useQuery(cardQuery(cardId)).data;
  const remove = useDeleteCard();
  const navigate = useNavigate();
  if (!card) return null;
  const busy = isUnfinished(card.activeExecution?.status ?? "idle");
  const done = () => {
    notify("done", t.card.deleted(card.number));
    onClose();
    void navigate({ to: "/projects/$projectId", params: { projectId: card.projectId } });
  };
  return (
    <Confirm
      title={t.form.deleteTitle(card.number)}
      text={t.form.deleteText(card.title)}
      blocked={busy ? t.form.deleteBlocked : null}
      confirm={t.form.deleteConfirm}
      refuse={t.form.keep}
      busy={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate(card, { onSuccess: done })}
      onClose={onClose}
    />
  );
}
