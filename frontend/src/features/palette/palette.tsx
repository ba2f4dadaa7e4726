import { IconSearch } from "@tabler/icons-react";
import { useEffect, useId, useMemo, useRef, useState } from "react";
import type { KeyboardEvent } from "react";

import { t } from "@/lib/messages";
import { StatusBadge } from "@/ui/status-badge";

import { groups, listed } from "./palette-item";
import type { PaletteItem } from "./palette-item";
import styles from "./palette.module.css";
import { usePaletteItems } from "./use-palette-items";
import type { ItemSources } from "./use-palette-items";

const STEPS: Record<string, number> = { ArrowDown: 1, ArrowUp: -1 };

type RowsProps = {
  items: readonly PaletteItem[];
  listId: string;
  current: number;
  onChoose: (item: PaletteItem) => void;
};

function Option({
  item,
  id,
  selected,
  onChoose,
}: { item: PaletteItem; id: string; selected: boolean } & Pick<RowsProps, "onChoose">) {
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (selected) ref.current?.scrollIntoView({ block: "nearest" });
  }, [selected]);
  return (
    // The keys belong to the field above, which keeps the focus.
    <div
      ref={ref}
      id={id}
      role="option"
      tabIndex={-1}
      aria-selected={selected}
      className={styles.option}
      onClick={() => onChoose(item)}
      onKeyDown={(event) => event.key === "Enter" && onChoose(item)}
    >
      <span className={styles.title} title={item.title}>
        {item.title}
      </span>
      {item.hint ? <span className={styles.hint}>{item.hint}</span> : null}
      {item.status ? <StatusBadge status={item.status} /> : null}
    </div>
  );
}

function Rows({ items, listId, current, onChoose }: RowsProps) {
  return groups.map((group) => {
    const rows = items.filter((item) => item.group === group);
    if (rows.length === 0) return null;
    return (
      <div key={group} role="group" aria-labelledby={`${listId}-${group}`}>
        <div id={`${listId}-${group}`} className={styles.group}>
          {t.palette.group[group]}
        </div>
        {rows.map((item) => (
          <Option
            key={item.id}
            item={item}
            id={`${listId}-${items.indexOf(item)}`}
            selected={items.indexOf(item) === current}
            onChoose={onChoose}
          />
        ))}
      </div>
    );
  });
}

type Props = Omit<ItemSources, "query"> & { onClose: () => void };

/** Goes anywhere and does anything by a few letters. The browser's own dialog: it keeps the focus and gives it back. */
export function Palette({ onClose, ...sources }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const listId = useId();
  const [query, setQuery] = useState("");
  const [chosen, setChosen] = useState(0);
  const all = usePaletteItems({ ...sources, query: query.trim() });
  const items = useMemo(() => listed(all, query), [all, query]);
  const current = Math.min(chosen, items.length - 1);
  useEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);
  const choose = (item: PaletteItem) => {
    onClose();
    item.act();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = STEPS[event.key];
    if (step !== undefined && items.length > 0) setChosen((current + step + items.length) % items.length);
    else if (event.key === "Enter" && !event.nativeEvent.isComposing) {
      const item = items[current];
      if (item) choose(item);
    } else return;
    event.preventDefault();
  };
  return (
    <dialog
      ref={dialog}
      className={styles.palette}
      aria-label={t.palette.name}
      onClose={onClose}
      // A click beside it lands on the dialog itself.
      onClick={(event) => event.target === dialog.current && onClose()}
      onKeyDown={(event) => event.stopPropagation()}
    >
      <div className={styles.inside}>
        <label className={styles.field}>
          <IconSearch size={17} aria-hidden />
          <input
            type="text"
            role="combobox"
            aria-label={t.palette.field}
            aria-expanded
            aria-controls={listId}
            aria-autocomplete="list"
            aria-activedescendant={current >= 0 ? `${listId}-${current}` : undefined}
            placeholder={t.palette.field}
            value={query}
            spellCheck={false}
            autoComplete="off"
            onChange={(event) => {
              setQuery(event.currentTarget.value);
              setChosen(0);
            }}
            onKeyDown={onKeyDown}
          />
        </label>
        <div id={listId} role="listbox" aria-label={t.palette.results} className={styles.list} tabIndex={-1}>
          <Rows items={items} listId={listId} current={current} onChoose={choose} />
          {items.length === 0 ? (
            <div role="option" aria-disabled aria-selected={false} className={styles.group}>
              {t.palette.nothing}
            </div>
          ) : null}
        </div>
      </div>
    </dialog>
  );
}
