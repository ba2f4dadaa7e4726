import { IconChevronsRight, IconHandStop, IconPlus } from "@tabler/icons-react";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef } from "react";

import type { Place } from "@/api/board-state";
import type { Card, Column } from "@/api/types";
import { formatNumber } from "@/lib/format";
import { t } from "@/lib/messages";
import { Button } from "@/ui/button";
import { IconButton } from "@/ui/icon-button";

import type { AgentNames } from "./agent-names";
import styles from "./board-column.module.css";
import { CardFace } from "./card-face";
import type { OpenMenu } from "./card-face";
import { insertionIndex, useCardDrop, useEdgeScroll } from "./drag";
import type { CardMoves } from "./moves";

/** A card to be focused, as soon as it is at that place if one is named: a move takes a moment to be seen. */
export type Wanted = { cardId: string; place?: Place };

function indexOfWanted(cards: readonly Card[], wanted: Wanted | null): number {
  if (!wanted) return -1;
  const { cardId, place } = wanted;
  return cards.findIndex(
    (card) =>
      card.id === cardId && (!place || (card.column === place.column && card.position === place.position)),
  );
}

export type ColumnProps = {
  column: Column;
  cards: readonly Card[];
  agents: AgentNames;
  /** The card that the keyboard or a finger holds. */
  grabbedId: string | null;
  menuCardId: string | null;
  onMenu: OpenMenu;
  /** A card was dropped before the card that is at `index` now; returns where it went, if anywhere. */
  onDrop: CardMoves["drop"];
  onAdd: (column: Column) => void;
  /** Whether a filter keeps cards back. */
  filtered: boolean;
  /** The card that is to be focused, in this column or another; `onFocused` says that it was. */
  wanted: Wanted | null;
  onFocused: () => void;
  onFold?: () => void;
};

const GAP = 8;

function Heading({
  column,
  cards,
  onAdd,
  onFold,
}: Pick<ColumnProps, "column" | "cards" | "onAdd" | "onFold">) {
  const waiting = cards.filter((card) => card.activeExecution?.status === "waiting").length;
  const name = t.column[column];
  return (
    <div className={styles.head}>
      <h2 id={`column-${column}`}>{name}</h2>
      <span className={styles.count}>{formatNumber(cards.length)}</span>
      {waiting > 0 ? (
        <span className={styles.waiting} title={t.board.needYou(waiting, formatNumber(waiting))}>
          <IconHandStop size={13} aria-hidden />
          {formatNumber(waiting)}
        </span>
      ) : null}
      <div className={styles.buttons}>
        {onFold ? (
          <IconButton label={t.board.fold(name)} onClick={onFold}>
            <IconChevronsRight size={15} aria-hidden />
          </IconButton>
        ) : null}
        <IconButton label={t.board.addTo(name)} onClick={() => onAdd(column)}>
          <IconPlus size={15} aria-hidden />
        </IconButton>
      </div>
    </div>
  );
}

function EmptyColumn({ column, filtered, onAdd }: Pick<ColumnProps, "column" | "filtered" | "onAdd">) {
  if (filtered) return <p className={styles.empty}>{t.filter.emptyColumn}</p>;
  if (column !== "backlog") return <p className={styles.empty}>{t.board.emptyHint}</p>;
  return (
    <div className={styles.empty}>
      {t.board.emptyBacklog}
      <Button variant="default" onClick={() => onAdd(column)}>
        {t.board.addFirst}
      </Button>
    </div>
  );
}

/** One column: a list of which only the visible part is in the page. */
export function BoardColumn(props: ColumnProps) {
  const {
    column,
    cards,
    agents,
    grabbedId,
    menuCardId,
    onMenu,
    onDrop,
    onAdd,
    filtered,
    wanted,
    onFocused,
    onFold,
  } = props;
  const scroll = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLUListElement>(null);
  const virtual = useVirtualizer({
    count: cards.length,
    getScrollElement: () => scroll.current,
    getItemKey: (index) => cards[index]?.id ?? index,
    estimateSize: () => 108,
    gap: GAP,
    overscan: 4,
  });
  // After every render, because a card far down is only in the page once the list has scrolled to it.
  useEffect(() => {
    const index = indexOfWanted(cards, wanted);
    if (index === -1) return;
    virtual.scrollToIndex(index);
    const link = scroll.current?.querySelector<HTMLElement>(`[data-card="${wanted?.cardId}"]`);
    link?.focus({ preventScroll: true });
    if (link) onFocused();
  });
  useEdgeScroll(scroll);
  const over = useCardDrop(scroll, {
    indexAt: (clientY) =>
      insertionIndex(virtual.measurementsCache, clientY - (list.current?.getBoundingClientRect().top ?? 0)),
    onDrop: (cardId, index) => onDrop(cardId, column, index),
  });
  const markAt = over === null ? 0 : (virtual.measurementsCache[over]?.start ?? virtual.getTotalSize() + GAP);
  return (
    <section className={styles.column} aria-labelledby={`column-${column}`}>
      <Heading column={column} cards={cards} onAdd={onAdd} onFold={onFold} />
      <div ref={scroll} className={styles.scroll} data-over={over !== null} data-column={column}>
        {cards.length === 0 ? <EmptyColumn column={column} filtered={filtered} onAdd={onAdd} /> : null}
        <ul ref={list} className={styles.list} style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map(({ index, key, start }) => {
            const card = cards[index];
            if (!card) return null;
            return (
              <li
                key={key}
                ref={virtual.measureElement}
                data-index={index}
                className={styles.item}
                style={{ transform: `translateY(${start}px)` }}
                aria-setsize={cards.length}
                aria-posinset={index + 1}
              >
                <CardFace
                  card={card}
                  place={index + 1}
                  count={cards.length}
                  agentTitle={agents.titleOf(agents.nameOf(card))}
                  rehearsed={agents.nameOf(card) === "rehearsal"}
                  grabbed={card.id === grabbedId}
                  menuOpen={card.id === menuCardId}
                  onMenu={onMenu}
                />
              </li>
            );
          })}
          {over !== null && cards.length > 0 ? (
            <li role="presentation" className={styles.mark} style={{ top: markAt - GAP / 2 - 1 }} />
          ) : null}
        </ul>
      </div>
    </section>
  );
}

type StripProps = Pick<ColumnProps, "column" | "cards" | "onDrop" | "wanted" | "onFocused"> & {
  onUnfold: () => void;
};

/** A column folded to a strip: it still counts and takes cards. */
export function ColumnStrip({ column, cards, onDrop, wanted, onFocused, onUnfold }: StripProps) {
  const ref = useRef<HTMLButtonElement>(null);
  const here = indexOfWanted(cards, wanted) !== -1;
  useEffect(() => {
    if (!here) return;
    ref.current?.focus();
    onFocused();
  }, [here, onFocused]);
  const over = useCardDrop(ref, {
    indexAt: () => cards.length,
    onDrop: (cardId, index) => onDrop(cardId, column, index),
  });
  const count = formatNumber(cards.length);
  return (
    <button
      ref={ref}
      type="button"
      className={styles.strip}
      data-over={over !== null}
      aria-expanded={false}
      title={t.board.unfold(t.column[column])}
      onClick={onUnfold}
    >
      <span>{t.column[column]}</span> {count}
    </button>
  );
}
