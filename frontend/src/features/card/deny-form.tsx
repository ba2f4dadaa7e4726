import "@mantine/core/styles/Input.css";

import { TextInput } from "@mantine/core";
import { useState } from "react";
import type { FormEvent } from "react";

import { t } from "@/lib/messages";
import { Button } from "@/ui/button";

import styles from "./question-banner.module.css";

type DenyProps = { busy: boolean; onDeny: (reason: string) => void; onBack: () => void };

/** Says no, with a reason that the agent reads. */
export function DenyForm({ busy, onDeny, onBack }: DenyProps) {
  const [reason, setReason] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onDeny(reason.trim());
  };
  return (
    <form
      className={styles.reason}
      onSubmit={submit}
      onKeyDown={(event) => event.key === "Escape" && onBack()}
    >
      <TextInput
        size="xs"
        aria-label={t.question.reason}
        placeholder={t.question.reason}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
        // The reader pressed Deny a moment ago and goes on typing here.
        ref={(field) => field?.focus()}
      />
      <Button type="submit" loading={busy}>
        {reason.trim() === "" ? t.question.deny : t.question.denyWith}
      </Button>
      <Button variant="default" onClick={onBack}>
        {t.question.back}
      </Button>
    </form>
  );
}
