import { IconAlertCircle, IconChevronRight } from "@tabler/icons-react";

import type { Execution } from "@/api/types";
import { t } from "@/lib/messages";
import { isUnfinished } from "@/lib/status";

import { evidenceRows, shortEvidence, warningOf } from "./evidence";
import styles from "./run-end.module.css";

/** How the run ended: why, in a sentence, and what proves it, when it is asked for. Calm where all is well. */
export function RunEnd({ execution }: { execution: Execution }) {
  const short = shortEvidence(execution);
  if (isUnfinished(execution.status) || (short === null && !execution.error)) return null;
  const warning = warningOf(execution);
  return (
    <section className={styles.end} data-status={execution.status} aria-label={t.run.endTitle}>
      {execution.error ? (
        <p className={styles.why} tabIndex={0} aria-label={t.run.endTitle}>
          {execution.error}
        </p>
      ) : null}
      {warning ? (
        <p className={styles.warning}>
          <IconAlertCircle aria-hidden />
          {warning}
        </p>
      ) : null}
      {short === null ? null : (
        <details className={styles.evidence}>
          <summary>
            <IconChevronRight aria-hidden />
            {t.evidence.details}: {short}
          </summary>
          <dl>
            {evidenceRows(execution).map(({ label, value }) => (
              <div key={label}>
                <dt>{label}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
        </details>
      )}
    </section>
  );
}
