import { statusIcons, statusWord } from "@/lib/status";
import type { CardStatus } from "@/lib/status";

import styles from "./status-badge.module.css";

/** A status as icon, word and colour. */
export function StatusBadge({ status }: { status: CardStatus }) {
  const Icon = statusIcons[status];
  return (
    <span className={styles.badge} data-status={status}>
      <Icon aria-hidden />
      {statusWord(status)}
    </span>
  );
}
