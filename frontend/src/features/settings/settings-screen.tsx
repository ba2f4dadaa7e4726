import type { ReactNode } from "react";

import { t } from "@/lib/messages";
import { PageFrame } from "@/ui/page-frame";

import styles from "./settings-screen.module.css";

/** The settings, one section below the other. */
export function SettingsScreen({ connection, children }: { connection: ReactNode; children: ReactNode }) {
  return (
    <PageFrame title={t.settings.title} end={connection}>
      <div className={styles.sections}>{children}</div>
    </PageFrame>
  );
}
