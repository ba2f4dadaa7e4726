import { t } from "@/lib/messages";

import styles from "./run-note.module.css";

/** The user's own words that the run was started with: one line, all of it when it is opened. */
export function RunNote({ text }: { text: string }) {
  return (
    <details className={styles.note}>
      <summary>
        <span className={styles.label}>{t.run.yourNote}</span>
        <span className={styles.line}>{text}</span>
      </summary>
      <p>{text}</p>
    </details>
  );
}
