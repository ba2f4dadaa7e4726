import type { ReactNode } from "react";

import { Button } from "@/ui/button";

import styles from "./history-screen.module.css";

type Props = { icon: ReactNode; title: string; text: string; action: string; onAction: () => void };

/** Nothing to show here: why, and the way on. */
export function None({ icon, title, text, action, onAction }: Props) {
  return (
    <div className={styles.none}>
      <div className={styles.icon}>{icon}</div>
      <h2>{title}</h2>
      <p>{text}</p>
      <Button variant="default" onClick={onAction}>
        {action}
      </Button>
    </div>
  );
}
