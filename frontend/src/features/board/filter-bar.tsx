import { IconFilter, IconSearch, IconX } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import type { KeyboardEvent } from "react";
import { flushSync } from "react-dom";

import type { Card } from "@/api/types";
import { formatNumber } from "@/lib/format";
import { onKey } from "@/lib/keys";
import { t } from "@/lib/messages";
import { announce } from "@/lib/notices";
import { statusWord } from "@/lib/status";
import { Choice } from "@/ui/choice";

import type { AgentNames } from "./agent-names";
import { partsOf, statuses } from "./board-filter";
import type { BoardFilter } from "./board-filter";
import styles from "./filter-bar.module.css";

export type FilterProps = {
  filter: BoardFilter;
  onFilter: (filter: BoardFilter) => void;
};

type Props = FilterProps & {
  cards: readonly Card[];
  agents: AgentNames;
  /** How many cards the filter lets through. */
  shown: number;
};

const SPEAK_AFTER_MS = 700;

const sorted = (names: Iterable<string>) => [...new Set(names)].toSorted((a, b) => a.localeCompare(b));

function TextField({ filter, onFilter, onAsked }: FilterProps & { onAsked: () => void }) {
  const input = useRef<HTMLInputElement>(null);
  const text = filter.text ?? "";
  const [typed, setTyped] = useState(text);
  // The address follows what is typed; only while nobody types, the field follows the address.
  useEffect(() => {
    if (document.activeElement !== input.current) setTyped(text);
  }, [text]);
  const latest = useRef(onAsked);
  useEffect(() => {
    latest.current = onAsked;
  });
  useEffect(
    () =>
      onKey("/", () => {
        // In a narrow window the field is only there once the bar is unfolded; the next key already belongs to it.
        flushSync(() => latest.current());
        input.current?.focus();
      }),
    [],
  );
  const change = (value: string) => {
    setTyped(value);
    onFilter({ ...filter, text: value.trim() === "" ? undefined : value });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Escape") return;
    if (typed === "") input.current?.blur();
    else change("");
  };
  return (
    <label className={styles.text}>
      <IconSearch size={14} aria-hidden />
      <input
        ref={input}
        type="text"
        aria-label={t.filter.text}
        aria-keyshortcuts="/"
        placeholder={t.filter.text}
        value={typed}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => change(event.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      {typed === "" ? <kbd aria-hidden>/</kbd> : null}
    </label>
  );
}

function Choices({ filter, onFilter, cards, agents }: Omit<Props, "shown">) {
  const labels = sorted([...cards.flatMap((card) => card.labels), ...(filter.label ? [filter.label] : [])]);
  const names = sorted([...cards.map(agents.nameOf), ...(filter.agent ? [filter.agent] : [])]);
  return (
    <div className={styles.choices}>
      {labels.length > 0 ? (
        <Choice
          label={t.filter.label}
          none={t.filter.short.label}
          value={filter.label}
          options={labels.map((label) => ({ value: label, label }))}
          onChange={(label) => onFilter({ ...filter, label })}
        />
      ) : null}
      <Choice
        label={t.filter.agent}
        none={t.filter.short.agent}
        value={filter.agent}
        options={names.map((name) => ({ value: name, label: agents.titleOf(name) }))}
        onChange={(agent) => onFilter({ ...filter, agent })}
      />
      <Choice
        label={t.filter.status}
        none={t.filter.short.status}
        value={filter.status}
        options={statuses.map((status) => ({ value: status, label: statusWord(status) }))}
        onChange={(status) => onFilter({ ...filter, status })}
      />
    </div>
  );
}

/** Says how many cards are shown, once the reader has stopped changing the filter. */
function useSpokenCount(active: boolean, words: string): void {
  useEffect(() => {
    if (!active) return undefined;
    const timer = setTimeout(() => announce(words), SPEAK_AFTER_MS);
    return () => clearTimeout(timer);
  }, [active, words]);
}

/** Which cards the board shows; on a phone behind one button. */
export function FilterBar({ filter, onFilter, cards, agents, shown }: Props) {
  const [open, setOpen] = useState(false);
  const parts = partsOf(filter);
  const words = t.filter.shown(formatNumber(shown), formatNumber(cards.length));
  useSpokenCount(parts > 0, words);
  return (
    <>
      <button
        type="button"
        className={styles.unfold}
        aria-expanded={open}
        data-active={parts > 0}
        onClick={() => setOpen(!open)}
      >
        <IconFilter size={16} aria-hidden />
        {parts > 0 ? t.filter.some(formatNumber(parts)) : t.filter.none}
      </button>
      <div className={styles.bar} role="search" aria-label={t.filter.region} data-open={open}>
        <TextField filter={filter} onFilter={onFilter} onAsked={() => setOpen(true)} />
        <Choices filter={filter} onFilter={onFilter} cards={cards} agents={agents} />
        {parts > 0 ? (
          <>
            <span className={styles.count} data-figures>
              {words}
            </span>
            <button type="button" className={styles.clear} onClick={() => onFilter({})}>
              <IconX size={13} aria-hidden />
              {t.filter.clear}
            </button>
          </>
        ) : null}
      </div>
    </>
  );
}
