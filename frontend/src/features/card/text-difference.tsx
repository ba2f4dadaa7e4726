import { useMemo } from "react";

import { formatNumber } from "@/lib/format";
import { foldedDiff, lineDiff } from "@/lib/line-diff";
import type { DiffLine } from "@/lib/line-diff";
import { t } from "@/lib/messages";
import { VisuallyHidden } from "@/ui/visually-hidden";

import styles from "./compare-runs.module.css";

type Props = {
  title: string;
  earlier: string;
  later: string;
  /** What is said where there is no text at all. */
  none: string;
  /** What is said instead of how many lines differ. */
  note?: string | null;
};

const signs = { same: " ", removed: "−", added: "+" } as const;

function Line({ kind, text }: Omit<DiffLine, "at">) {
  const said = { same: null, removed: t.compare.onlyEarlier, added: t.compare.onlyLater }[kind];
  return (
    <div className={styles.line} data-kind={kind}>
      <span className={styles.sign} aria-hidden>
        {signs[kind]}
      </span>
      {said ? <VisuallyHidden>{said}: </VisuallyHidden> : null}
      <span>{text || " "}</span>
    </div>
  );
}

/** Where two texts differ: by sign, by word for who listens, and by colour. */
export function TextDifference({ title, earlier, later, none, note }: Props) {
  const lines = useMemo(() => lineDiff(earlier, later), [earlier, later]);
  const count = (kind: DiffLine["kind"]) => formatNumber(lines.filter((line) => line.kind === kind).length);
  const equal = earlier === later;
  const words = equal ? t.compare.equalText : t.compare.changed(count("removed"), count("added"));
  return (
    <section className={styles.text}>
      <header>
        <h3>{title}</h3>
        <p>{lines.length === 0 ? none : (note ?? words)}</p>
      </header>
      {lines.length > 0 ? (
        <div className={styles.lines} role="region" aria-label={title} tabIndex={0}>
          {(equal ? [{ at: 0, lines }] : foldedDiff(lines)).map((part) =>
            "skipped" in part ? (
              <p key={part.at} className={styles.skipped}>
                {t.compare.skipped(part.skipped, formatNumber(part.skipped))}
              </p>
            ) : (
              part.lines.map((line) => <Line key={line.at} {...line} />)
            ),
          )}
        </div>
      ) : null}
    </section>
  );
}
