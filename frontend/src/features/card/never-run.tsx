import { Suspense, lazy } from "react";

import type { Card } from "@/api/types";
import { t } from "@/lib/messages";

import styles from "./never-run.module.css";

const Markdown = lazy(() => import("@/ui/markdown").then((module) => ({ default: module.Markdown })));

/** In place of a log: what the card asks for, and how to start. */
export function NeverRun({ card, hasHistory }: { card: Card; hasHistory: boolean }) {
  return (
    <div className={styles.none}>
      <h2>{hasHistory ? t.run.clearedTitle : t.run.neverTitle}</h2>
      <p>{hasHistory ? t.run.clearedText : t.run.neverText}</p>
      {card.description ? (
        <div className={styles.description}>
          <Suspense fallback={null}>
            <Markdown text={card.description} />
          </Suspense>
        </div>
      ) : null}
    </div>
  );
}
