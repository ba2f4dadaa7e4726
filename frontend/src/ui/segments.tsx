import { useId } from "react";
import type { ReactNode } from "react";

import styles from "./segments.module.css";

export type Segment<T extends string> = {
  value: T;
  word: string;
  /** In place of the word, which is then read aloud and shown as a title. */
  icon?: ReactNode;
  lang?: string;
};

type Props<T extends string> = {
  label: string;
  segments: readonly Segment<T>[];
  chosen: T;
  onChoose: (value: T) => void;
};

/** A few words or icons side by side, of which one holds. */
export function Segments<T extends string>({ label, segments, chosen, onChoose }: Props<T>) {
  const name = useId();
  return (
    <div className={styles.segments} role="radiogroup" aria-label={label}>
      {segments.map(({ value, word, icon, lang }) => (
        <label key={value} lang={lang} title={icon ? word : undefined}>
          <input
            type="radio"
            name={name}
            aria-label={icon ? word : undefined}
            checked={chosen === value}
            onChange={() => onChoose(value)}
          />
          {icon ?? word}
        </label>
      ))}
    </div>
  );
}
