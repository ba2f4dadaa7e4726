import { formatNumber } from "@/lib/format";
import { t } from "@/lib/messages";
import { VisuallyHidden } from "@/ui/visually-hidden";

import styles from "./counts.module.css";

type Props = { additions: number | null; deletions: number | null };

/** +84 −12 in their colours, and in words for who hears it. Nothing where lines were not counted. */
export function Counts({ additions, deletions }: Props) {
  if (additions === null || deletions === null) return null;
  const [added, removed] = [formatNumber(additions), formatNumber(deletions)];
  return (
    <span className={styles.counts} data-figures>
      <VisuallyHidden>{t.changes.countsAloud(added, removed)}</VisuallyHidden>
      <span className={styles.added} aria-hidden>
        +{added}
      </span>
      <span className={styles.removed} aria-hidden>
        −{removed}
      </span>
    </span>
  );
}
