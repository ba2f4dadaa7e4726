import { IconCircle, IconCircleCheck, IconProgress } from "@tabler/icons-react";
import type { Icon } from "@tabler/icons-react";
import { createElement, useId } from "react";

import type { Step, StepState } from "@/api/steps";
import { formatNumber } from "@/lib/format";
import { t } from "@/lib/messages";

import styles from "./steps.module.css";

const icons: Record<StepState, Icon> = { done: IconCircleCheck, doing: IconProgress, open: IconCircle };

const doneOf = (steps: readonly Step[]): number => steps.filter(({ state }) => state === "done").length;

/** 3/5; undefined where the agent set itself no steps. */
export function stepsCount(steps: readonly Step[]): string | undefined {
  if (steps.length === 0) return undefined;
  return t.steps.count(formatNumber(doneOf(steps)), formatNumber(steps.length));
}

/** The steps that the agent set itself, and how far it is. */
export function Steps({ steps }: { steps: readonly Step[] }) {
  const title = useId();
  return (
    <section className={styles.steps} aria-labelledby={title}>
      <h2 id={title}>
        {t.steps.title} <span data-figures>{stepsCount(steps)}</span>
      </h2>
      <progress
        className={styles.bar}
        aria-label={t.steps.progress}
        max={steps.length}
        value={doneOf(steps)}
      />
      <ol>
        {steps.map(({ text, state }, index) => (
          // The same words may be written twice.
          // oxlint-disable-next-line react/no-array-index-key
          <li key={index} data-state={state}>
            {createElement(icons[state], { "aria-hidden": true })}
            <span className={styles.text}>{text}</span>
            <span className={styles.state}>{t.steps.state[state]}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}
