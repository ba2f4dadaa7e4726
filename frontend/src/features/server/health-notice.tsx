import { IconAlertTriangle } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";

import { healthQuery } from "@/api/server";
import { t } from "@/lib/messages";

import styles from "./server-notices.module.css";

/** What is wrong with the server, in its own words, until it is well again. */
export function HealthNotice() {
  const { data: health, refetch, isFetching } = useQuery(healthQuery);
  if (health?.status !== "degraded") return null;
  return (
    <section className={styles.notice} data-tone="problem" role="alert" aria-label={t.health.region}>
      <IconAlertTriangle className={styles.icon} aria-hidden />
      <p>
        <strong>{t.health.title}</strong> {health.problems.join(" ")}
      </p>
      <button type="button" className={styles.again} disabled={isFetching} onClick={() => void refetch()}>
        {t.health.again}
      </button>
    </section>
  );
}
