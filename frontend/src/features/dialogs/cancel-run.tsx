import { useQuery } from "@tanstack/react-query";

import { cardQuery } from "@/api/cards";
import { useCancelExecution } from "@/api/executions";
import { t } from "@/lib/messages";
import { announce } from "@/lib/notices";

import { Confirm } from "./frame";

type Props = { cardId: string; executionId: string; onClose: () => void };

export function CancelRun({ cardId, executionId, onClose }: Props) {
  const card = useQuery(cardQuery(cardId)).data;
  const cancel = useCancelExecution();
  return (
    <Confirm
      title={t.run.cancelAsk}
      text={t.run.cancelText}
      confirm={t.run.cancelConfirm}
      refuse={t.run.goOn}
      busy={cancel.isPending}
      error={cancel.error}
      onConfirm={() =>
        cancel.mutate(executionId, {
          onSuccess: () => {
            if (card) announce(t.card.cancelling(card.number));
            onClose();
          },
        })
      }
      onClose={onClose}
    />
  );
}
