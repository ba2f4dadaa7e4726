import type { ReactNode } from "react";

import { t } from "@/lib/messages";

import styles from "./settings-screen.module.css";

/** The settings, one section below the other. */
export function SettingsScreen({ children }: { children: ReactNode }) {
  return (
    <div className={styles.screen}>
      <header className={styles.header}>
        <h1>{t.settings.title}</h1>
      </header>
      <div className={styles.scroll}>
        <div className={styles.sections}>{children}</div>
      </div>
    </div>
  );
}
