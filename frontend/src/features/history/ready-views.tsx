import { t } from "@/lib/messages";

import { isNarrowed } from "./history-address";
import type { HistoryAddress } from "./history-address";
import styles from "./history-screen.module.css";

type Props = { address: HistoryAddress; onAddress: (address: HistoryAddress) => void };

const views: readonly { word: () => string; address: HistoryAddress }[] = [
  { word: () => t.past.failures, address: { status: "error,interrupted", since: "7" } },
  { word: () => t.past.goingOn, address: { status: "running,waiting,queued" } },
];

/** What one often wants to see, at one press; and the way back to all. */
export function ReadyViews({ address, onAddress }: Props) {
  const { view, by } = address;
  return (
    <div className={styles.ready} role="group" aria-label={t.past.ready}>
      {views.map((each) => (
        <button
          key={each.address.status}
          type="button"
          onClick={() => onAddress({ ...each.address, view, by })}
        >
          {each.word()}
        </button>
      ))}
      {isNarrowed(address) ? (
        <button type="button" onClick={() => onAddress({ view, by })}>
          {t.past.clear}
        </button>
      ) : null}
    </div>
  );
}
