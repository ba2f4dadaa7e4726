import { useMemo } from "react";

import { LogText } from "./log-text";
import { texts } from "../log-texts";
import type { RowActions } from "./row-actions";
import { useWholeEntry } from "../entries/use-whole-entry";
import styles from "./log-row.module.css";

type Props = { sequence: number; read: RowActions["readWhole"] };

const STRETCH = 16_384;

type Stretch = { at: number; text: string };

/**
 * The text in stretches, of which the browser lays out only those on the screen; each ends with a line where one ends
 * near.
 */
export function stretchesOf(text: string): Stretch[] {
  const stretches: Stretch[] = [];
  for (let at = 0; at < text.length;) {
    const newline = text.indexOf("\n", at + STRETCH);
    const end = newline === -1 || newline > at + 2 * STRETCH ? at + 2 * STRETCH : newline + 1;
    stretches.push({ at, text: text.slice(at, end) });
    at = end;
  }
  return stretches;
}

/** The content of an entry that was cut on the wire, read when it is opened, in a box of its own. */
export function WholeText({ sequence, read }: Props) {
  const { entry, problem } = useWholeEntry(sequence, read, true);
  const text = entry?.content ?? null;
  const stretches = useMemo(() => stretchesOf(text ?? ""), [text]);

  if (problem !== null) return <p className={styles.problem}>{problem}</p>;
  if (text === null) return <p className={styles.note}>{texts.opening}</p>;
  return (
    <section
      className={styles.whole}
      data-content=""
      aria-label={texts.wholeText(sequence)}
      // A box that scrolls has to be reachable by keyboard.
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
    >
      {stretches.map((stretch) => (
        <div key={stretch.at} className={styles.stretch}>
          <LogText text={stretch.text} />
        </div>
      ))}
    </section>
  );
}
