import type { ReactNode } from "react";

import { t } from "@/lib/messages";

import styles from "./log-toolbar.module.css";

/** What stands above the log. Its keys are its own: Home is the begin of a field there, not of the log. */
export function LogToolbar({ children }: { children: ReactNode }) {
  return (
    <div className={styles.bar} role="group" aria-label={t.logTools.region} data-own-keys="">
      {children}
    </div>
  );
}
