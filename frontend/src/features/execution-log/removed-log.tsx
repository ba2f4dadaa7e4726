import { formatDate } from "@/lib/format";
import { t } from "@/lib/messages";

import styles from "./log-pane.module.css";

const DAY = 86_400_000;

type Props = { removedAt: string; completedAt: string | null };

/** In place of a log that is not kept any more. */
export function RemovedLog({ removedAt, completedAt }: Props) {
  const days = Math.floor((Date.parse(removedAt) - Date.parse(completedAt ?? removedAt)) / DAY);
  return (
    <section className={styles.pane} aria-label={t.run.log}>
      <div className={styles.frame}>
        <p className={styles.nothing}>
          <span>
            {t.removed.line(formatDate(removedAt), days)} {t.removed.stays}
          </span>
        </p>
      </div>
    </section>
  );
}
