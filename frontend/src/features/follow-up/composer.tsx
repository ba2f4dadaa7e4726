import { IconArrowUp, IconClockHour4 } from "@tabler/icons-react";
import { useId } from "react";
import type { KeyboardEvent } from "react";

import type { Execution } from "@/api/types";
import { t } from "@/lib/messages";
import { writeDraft } from "@/lib/unsent";
import type { Unsent } from "@/lib/unsent";

import type { Delivery } from "./delivery";
import styles from "./follow-up.module.css";
import { pendingOf } from "./pending";
import type { Pending } from "./pending";

type Props = {
  execution: Execution;
  unsent: Unsent;
  delivery: Delivery | null;
  /** Why nobody hears now. */
  deaf: string | null;
  onSend: () => void;
  onRetry: () => void;
};

function OnTheWay({ messages }: { messages: readonly Pending[] }) {
  if (messages.length === 0) return null;
  return (
    <ul className={styles.pending} aria-label={t.followUp.pending}>
      {messages.map(({ key, text, state }) => (
        <li key={key} data-state={state}>
          <span className={styles.text}>{text}</span>
          <span className={styles.state} title={t.followUp.onTheWayHint}>
            <IconClockHour4 aria-hidden />
            {state === "sending" ? t.followUp.sending : t.followUp.onTheWay}
          </span>
        </li>
      ))}
    </ul>
  );
}

function Trouble({ delivery, onRetry }: { delivery: Delivery | null; onRetry: () => void }) {
  if (!delivery || delivery.kind === "sent") return null;
  return (
    <p className={styles.problem} role="alert">
      {delivery.kind === "kept" ? t.followUp.kept(delivery.why) : delivery.why}{" "}
      {delivery.kind === "kept" ? (
        <button type="button" onClick={onRetry}>
          {t.followUp.tryAgain}
        </button>
      ) : null}
    </p>
  );
}

/** Words to an agent at work: Enter sends them, and they are kept until the server has them. */
export function Composer({ execution, unsent, delivery, deaf, onSend, onRetry }: Props) {
  const hint = useId();
  const onKeyDown = (event: KeyboardEvent) => {
    // The Enter that ends a word of an input method is not ours.
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    onSend();
  };
  return (
    <section className={styles.composer} aria-label={t.followUp.label} data-own-keys="">
      <OnTheWay messages={pendingOf(execution, unsent.outgoing)} />
      <Trouble delivery={delivery} onRetry={onRetry} />
      <div className={styles.field} data-disabled={deaf !== null || undefined}>
        <textarea
          rows={1}
          aria-label={t.followUp.label}
          aria-describedby={hint}
          placeholder={deaf ?? t.followUp.placeholder}
          enterKeyHint="send"
          disabled={deaf !== null}
          value={unsent.draft}
          onChange={(event) => writeDraft(execution.id, event.currentTarget.value)}
          onKeyDown={onKeyDown}
        />
        <button
          type="button"
          className={styles.send}
          aria-label={t.followUp.send}
          title={t.followUp.send}
          disabled={deaf !== null || unsent.draft.trim() === ""}
          onClick={onSend}
        >
          <IconArrowUp aria-hidden />
        </button>
      </div>
      <p id={hint} className={styles.hint} data-deaf={deaf !== null || undefined}>
        {deaf ?? t.followUp.keys}
      </p>
    </section>
  );
}
