import { useElementSize, useMediaQuery, useMergedRef } from "@mantine/hooks";
import { IconHandStop } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import type { KeyboardEvent } from "react";

import { columnOf, columns } from "@/api/board-state";
import type { Card, Column } from "@/api/types";
import { formatNumber } from "@/lib/format";
import { t } from "@/lib/messages";

import { BoardColumn, ColumnStrip } from "./board-column";
import type { ColumnProps } from "./board-column";
import { useEdgeScroll } from "./drag";
import styles from "./board-screen.module.css";

type Props = Omit<ColumnProps, "column" | "cards" | "onFold"> & {
  byColumn: Record<Column, Card[]>;
  onKeyDown: (event: KeyboardEvent) => void;
};

/** Six columns of 220 px, five gaps of 12 and the padding: with less room Done folds to a strip. */
const ROOM_FOR_ALL = 6 * 220 + 5 * 12 + 2 * 12;
const PHONE = "(max-width: 720px)";
const CHOSEN_KEY = "retoma-column";

function Chips({ byColumn, chosen, onChoose }: Pick<Props, "byColumn"> & ChipProps) {
  return (
    <nav className={styles.chips} aria-label={t.board.columns}>
      {columns.map((column) => (
        <button key={column} type="button" aria-pressed={column === chosen} onClick={() => onChoose(column)}>
          {byColumn[column].some((card) => card.activeExecution?.status === "waiting") ? (
            <IconHandStop size={14} aria-label={t.status.waiting} />
          ) : null}
          {t.column[column]} {formatNumber(byColumn[column].length)}
        </button>
      ))}
    </nav>
  );
}

type ChipProps = { chosen: Column; onChoose: (column: Column) => void };

function chosenAtFirst(): Column {
  return columnOf(sessionStorage.getItem(CHOSEN_KEY));
}

/** One column at a time, chosen by chips. */
function PhoneColumns({ byColumn, onKeyDown, ...rest }: Props) {
  const [chosen, setChosen] = useState(chosenAtFirst);
  const { wanted, onFocused, grabbedId } = rest;
  // The reader goes along with a card that the keyboard carries, and stays when a card is sent away.
  const elsewhere = wanted?.place && wanted.place.column !== chosen ? wanted.place.column : null;
  const carried = wanted?.cardId === grabbedId;
  if (elsewhere && carried) setChosen(elsewhere);
  useEffect(() => {
    if (elsewhere && !carried) onFocused();
  }, [elsewhere, carried, onFocused]);
  useEffect(() => sessionStorage.setItem(CHOSEN_KEY, chosen), [chosen]);
  return (
    <>
      <Chips byColumn={byColumn} chosen={chosen} onChoose={setChosen} />
      <div className={styles.columns} role="group" aria-label={t.board.columns} onKeyDown={onKeyDown}>
        <BoardColumn key={chosen} column={chosen} cards={byColumn[chosen]} {...rest} />
      </div>
    </>
  );
}

function WideColumns({ byColumn, onKeyDown, ...rest }: Props) {
  const { ref: sized, width } = useElementSize();
  const scrolled = useRef<HTMLDivElement>(null);
  const ref = useMergedRef(sized, scrolled);
  useEdgeScroll(scrolled);
  const [unfolded, setUnfolded] = useState(false);
  const tight = width > 0 && width + 24 < ROOM_FOR_ALL;
  const folded = tight && !unfolded;
  return (
    <div
      ref={ref}
      role="group"
      aria-label={t.board.columns}
      className={styles.columns}
      onKeyDown={onKeyDown}
      style={{ gridTemplateColumns: `repeat(${folded ? 5 : 6}, minmax(220px, 1fr))${folded ? " 40px" : ""}` }}
    >
      {columns.map((column) =>
        column === "done" && folded ? (
          <ColumnStrip
            key="strip"
            column={column}
            cards={byColumn[column]}
            onDrop={rest.onDrop}
            wanted={rest.wanted}
            onFocused={rest.onFocused}
            onUnfold={() => setUnfolded(true)}
          />
        ) : (
          <BoardColumn
            key={column}
            column={column}
            cards={byColumn[column]}
            {...rest}
            onFold={column === "done" && tight ? () => setUnfolded(false) : undefined}
          />
        ),
      )}
    </div>
  );
}

export function BoardColumns(props: Props) {
  const phone = useMediaQuery(PHONE, false, { getInitialValueInEffect: false });
  return phone ? <PhoneColumns {...props} /> : <WideColumns {...props} />;
}
