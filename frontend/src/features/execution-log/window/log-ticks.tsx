import { memo } from "react";

import { formatNumber } from "@/lib/format";
import { t } from "@/lib/messages";

import { TICKS } from "./use-matches";
import type { Matches } from "./use-matches";
import styles from "./log-rail.module.css";

export type Ticks = { errors: Matches | null; questions: Matches; found: Matches };

/** One path for all ticks of a tone: a rail of ten thousand matches is still three elements. */
function pathOf(buckets: readonly number[], left: number, width: number): string {
  return buckets.map((count, part) => (count > 0 ? `M${left} ${part}h${width}v1.6h-${width}z` : "")).join("");
}

/** Where errors, questions and matches are along what is shown of the log; the words of it are the rail's description. */
export const LogTicks = memo(function LogTicks({ id, errors, questions, found }: Ticks & { id: string }) {
  return (
    <>
      <svg className={styles.ticks} viewBox={`0 0 12 ${TICKS}`} preserveAspectRatio="none" aria-hidden>
        <path data-tone="found" d={pathOf(found.buckets, 0, 12)} />
        <path data-tone="question" d={pathOf(questions.buckets, 0, 6)} />
        <path data-tone="error" d={pathOf(errors?.buckets ?? [], 6, 6)} />
      </svg>
      <span id={id} hidden>
        {[
          errors && errors.total > 0
            ? t.logTools.errors.count(errors.total, formatNumber(errors.total))
            : null,
          questions.total > 0
            ? t.logTools.ticks.questions(questions.total, formatNumber(questions.total))
            : null,
          found.total > 0 ? t.logTools.ticks.matches(found.total, formatNumber(found.total)) : null,
        ]
          .filter((words) => words !== null)
          .join(", ")}
      </span>
    </>
  );
});
