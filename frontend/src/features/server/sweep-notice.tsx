import { IconHistory } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";

import { lastSweepQuery } from "@/api/server";
import { formatNumber, formatUtc } from "@/lib/format";
import { t } from "@/lib/messages";

import styles from "./server-notices.module.css";

/** That old logs wait for a person's word before they are removed, for as long as they do. */
export function SweepNotice() {
  const sweep = useQuery(lastSweepQuery).data;
  if (!sweep?.waiting) return null;
  const { due, kept } = sweep.waiting;
  return (
    <section className={styles.notice} aria-label={t.sweep.region}>
      <IconHistory className={styles.icon} aria-hidden />
      <p title={formatUtc(sweep.startedAt)}>
        {t.sweep.waits(formatNumber(due), formatNumber(kept))} {t.sweep.wayOut} <code>{t.sweep.command}</code>
      </p>
    </section>
  );
}
