import { useRef } from "react";
import type { KeyboardEvent } from "react";

import styles from "./tabs.module.css";

type Tab<Key extends string> = { key: Key; word: string; note?: string | undefined };

type Props<Key extends string> = {
  label: string;
  tabs: readonly Tab<Key>[];
  chosen: Key;
  onChoose: (key: Key) => void;
};

/** A row of tabs; the panel is the caller's, with `id={panelId(chosen)}` and `aria-labelledby={tabId(chosen)}`. */
export function Tabs<Key extends string>({ label, tabs, chosen, onChoose }: Props<Key>) {
  const list = useRef<HTMLDivElement>(null);
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    const at = tabs.findIndex((tab) => tab.key === chosen);
    const next = tabs[(at + step + tabs.length) % tabs.length];
    if (!next) return;
    event.preventDefault();
    onChoose(next.key);
    list.current?.querySelector<HTMLElement>(`#${tabId(next.key)}`)?.focus();
  };
  return (
    <div ref={list} className={styles.list} role="tablist" aria-label={label} onKeyDown={onKeyDown}>
      {tabs.map(({ key, word, note }) => (
        <button
          key={key}
          id={tabId(key)}
          type="button"
          role="tab"
          className={styles.tab}
          aria-selected={key === chosen}
          aria-controls={key === chosen ? panelId(key) : undefined}
          tabIndex={key === chosen ? 0 : -1}
          onClick={() => onChoose(key)}
        >
          {word}
          {note ? <span className={styles.note}>{note}</span> : null}
        </button>
      ))}
    </div>
  );
}

export const tabId = (key: string): string => `tab-${key}`;
export const panelId = (key: string): string => `panel-${key}`;
