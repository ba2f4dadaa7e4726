import { formatClock, formatNumber } from "@/lib/format";
import { t } from "@/lib/messages";
import { liveClient } from "@/live/live-client";
import type { LiveStatus } from "@/live/live-client";
import { useLiveStatus } from "@/live/use-live";

import styles from "./connection-pill.module.css";

type Props = {
  /** The execution that is read, to say where it resumes. */
  executionId?: string;
  /** Its last sequence. */
  head?: number;
  /** Only the state's word. */
  short?: boolean;
};

function words(status: LiveStatus, { executionId, head, short }: Props): string {
  const { state, lostAt } = status;
  if (short) return t.connection[state];
  if (state === "live" && head !== undefined && head > 0) return t.connection.liveAt(formatNumber(head));
  if (state === "reconnecting" && executionId !== undefined) {
    const cursor = liveClient.cursorOf(executionId);
    if (cursor !== null) return t.connection.resumingAt(formatNumber(cursor + 1));
  }
  if (state === "offline" && lostAt !== null) return t.connection.offlineSince(formatClock(lostAt));
  return t.connection[state];
}

/** Whether what is shown is live, in shape and words. */
export function ConnectionPill(props: Props) {
  const status = useLiveStatus();
  return (
    <span
      className={styles.pill}
      data-state={status.state}
      title={status.state === "offline" ? t.connection.offlineHint : undefined}
    >
      <span className={styles.dot} aria-hidden />
      {words(status, props)}
    </span>
  );
}
