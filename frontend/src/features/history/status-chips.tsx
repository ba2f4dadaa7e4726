import type { Status } from "@/api/types";
import { t } from "@/lib/messages";
import { statusIcons, statusWord } from "@/lib/status";

import { statuses } from "./history-address";
import styles from "./status-chips.module.css";

type Props = { chosen: readonly Status[]; onChange: (chosen: Status[]) => void };

/** Which statuses are shown: those that are pressed, or all where none is. */
export function StatusChips({ chosen, onChange }: Props) {
  const toggle = (status: Status) =>
    onChange(statuses.filter((each) => chosen.includes(each) !== (each === status)));
  return (
    <div className={styles.chips} role="group" aria-label={t.runsFilter.statuses}>
      {statuses.map((status) => {
        const Icon = statusIcons[status];
        return (
          <button
            key={status}
            type="button"
            data-status={status}
            aria-pressed={chosen.includes(status)}
            onClick={() => toggle(status)}
          >
            <Icon size={14} aria-hidden />
            {statusWord(status)}
          </button>
        );
      })}
    </div>
  );
}
