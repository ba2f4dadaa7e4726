import { Suspense, lazy } from "react";

import type { Step } from "@/api/steps";
import type { Card } from "@/api/types";
import { t } from "@/lib/messages";
import { WaitScreen } from "@/ui/screen";

import { Steps } from "./steps";
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

/** What a person asked for, and what the agent would do about it and how far it is. */
export function PlanTab({ card, steps }: { card: Card; steps: readonly Step[] }) {
  return (
    <Suspense fallback={<WaitScreen label={t.wait.plan} />}>
      <div className={styles.tab}>
        <div className={styles.side}>
          {steps.length > 0 ? <Steps steps={steps} /> : null}
          <Pane title={t.plan.work} text={card.description} none={t.plan.noDescription} />
        </div>
        <Pane title={t.plan.plan} text={card.plan} none={t.plan.none} />
      </div>
    </Suspense>
  );
}
