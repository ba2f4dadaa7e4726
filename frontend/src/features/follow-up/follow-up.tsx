import { useCallback, useEffect, useState } from "react";

import { useSendMessage } from "@/api/executions";
import type { Execution } from "@/api/types";
import { t } from "@/lib/messages";
import { isUnfinished } from "@/lib/status";
import { sendDraft, useUnsent } from "@/lib/unsent";
import { useLiveAgain } from "@/live/use-live";

import { Composer } from "./composer";
import { deliver } from "./delivery";
import type { Delivery } from "./delivery";
import { Unheard } from "./unheard";

type Props = {
  execution: Execution;
  /** The agent hears messages while it works. */
  listens: boolean;
  /** Another run goes on from this one already. */
  resumed: boolean;
  /** A run of the card goes on, so that this one can't be resumed now. */
  busy: boolean;
};

/** Sends what is to be sent: at once, after a refresh, and when the server is back. */
function useDelivery(executionId: string): [Delivery | null, () => void] {
  const { mutateAsync } = useSendMessage();
  const [delivery, setDelivery] = useState<Delivery | null>(null);
  const start = useCallback(() => {
    void deliver(executionId, (id, message) => mutateAsync({ executionId: id, ...message })).then(
      (outcome) => outcome && setDelivery(outcome),
    );
  }, [executionId, mutateAsync]);
  useEffect(start, [start]);
  useLiveAgain(start);
  return [delivery, start];
}

/** Why nothing can be said to the agent now; null where it can. */
function deafness({ status, nextActions }: Execution): string | null {
  if (status === "queued") return t.followUp.queued;
  return nextActions.includes("cancel") ? null : t.followUp.cancelling;
}

/** Under the log: words to the agent at work; once it is over, the words it did not hear. */
export function FollowUp({ execution, listens, resumed, busy }: Props) {
  const unsent = useUnsent(execution.id);
  const [delivery, start] = useDelivery(execution.id);
  const open = isUnfinished(execution.status);
  const [wasOpen] = useState(open);
  if (!open) {
    return (
      <Unheard
        execution={execution}
        draft={unsent.draft}
        resumed={resumed}
        busy={busy}
        takesFocus={wasOpen}
        why={delivery?.kind === "refused" ? delivery.why : null}
      />
    );
  }
  if (!listens) return null;
  return (
    <Composer
      execution={execution}
      unsent={unsent}
      delivery={delivery}
      deaf={deafness(execution)}
      onSend={() => {
        sendDraft(execution.id);
        start();
      }}
      onRetry={start}
    />
  );
}
