import { IconAlertTriangle, IconCheck, IconX } from "@tabler/icons-react";
import { useSyncExternalStore } from "react";

import { t } from "@/lib/messages";
import { currentNotices, currentSpeech, dismissNotice, subscribeToNotices } from "@/lib/notices";

import { IconButton } from "./icon-button";
import styles from "./notices.module.css";

/** The page's notices, and the one polite region that speaks them and everything else worth hearing. */
export function Notices() {
  const notices = useSyncExternalStore(subscribeToNotices, currentNotices);
  const speech = useSyncExternalStore(subscribeToNotices, currentSpeech);
  return (
    <>
      <div className={styles.spoken} role="status" aria-live="polite">
        {speech}
      </div>
      <div className={styles.stack}>
        {notices.map(({ id, tone, text }) => {
          const Icon = tone === "problem" ? IconAlertTriangle : IconCheck;
          return (
            <div key={id} className={styles.notice} data-tone={tone}>
              <Icon className={styles.icon} aria-hidden />
              <div className={styles.text}>{text}</div>
              <IconButton label={t.problem.dismiss} onClick={() => dismissNotice(id)}>
                <IconX size={15} aria-hidden />
              </IconButton>
            </div>
          );
        })}
      </div>
    </>
  );
}
