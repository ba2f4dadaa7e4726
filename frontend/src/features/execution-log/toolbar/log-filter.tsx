import { t } from "@/lib/messages";

import { filterNames } from "./filters";
import type { FilterName } from "./filters";
import styles from "./log-toolbar.module.css";

type Props = { shown: FilterName; onShow: (name: FilterName) => void };

/** What of the log is shown. */
export function LogFilter({ shown, onShow }: Props) {
  return (
    <div className={styles.filter} role="group" aria-label={t.logTools.filter.label}>
      {filterNames.map((name) => (
        <button key={name} type="button" aria-pressed={name === shown} onClick={() => onShow(name)}>
          {t.logTools.filter[name]}
        </button>
      ))}
    </div>
  );
}
