import { useNavigate } from "@tanstack/react-router";

import { t } from "@/lib/messages";
import { Button } from "@/ui/button";

import styles from "./history-tab.module.css";

type Props = { cardId: string; ticked: readonly string[]; onClear: () => void };

/** How many runs are ticked, and the way to see two side by side. */
export function TickBar({ cardId, ticked, onClear }: Props) {
  const navigate = useNavigate();
  const hint = [t.compare.hint, t.compare.one][ticked.length];
  const search = { tab: "history", compare: ticked.join(",") } as const;
  return (
    <div className={styles.ticks}>
      {hint ? (
        <span>{hint}</span>
      ) : (
        <Button onClick={() => void navigate({ to: "/cards/$cardId", params: { cardId }, search })}>
          {t.compare.button}
        </Button>
      )}
      {ticked.length > 0 ? (
        <Button variant="subtle" onClick={onClear}>
          {t.compare.clear}
        </Button>
      ) : null}
    </div>
  );
}
