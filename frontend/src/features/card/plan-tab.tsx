import { Suspense, lazy } from "react";

import type { Card } from "@/api/types";
import { t } from "@/lib/messages";
import { WaitScreen } from "@/ui/screen";

import styles from "./plan-tab.module.css";

const Markdown = lazy(() => import("@/ui/markdown").then((module) => ({ default: module.Markdown })));

function Pane({ title, text, none }: { title: string; text: string | null; none: string }) {
  return (
    <section className={styles.pane}>
      <h2>{title}</h2>
      {text ? <Markdown text={text} /> : <p className={styles.none}>{none}</p>}
    </section>
  );
}

/** What a person asked for, and what the agent would do about it. */
export function PlanTab({ card }: { card: Card }) {
  return (
    <Suspense fallback={<WaitScreen label={t.wait.plan} />}>
      <div className={styles.tab}>
        <Pane title={t.plan.work} text={card.description} none={t.plan.noDescription} />
        <Pane title={t.plan.plan} text={card.plan} none={t.plan.none} />
      </div>
    </Suspense>
  );
}
