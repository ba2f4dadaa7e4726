import { useQueryClient } from "@tanstack/react-query";
import { Suspense, lazy, useCallback, useMemo, useRef, useState } from "react";
import type { ReactNode } from "react";

import { cardsByColumn } from "@/api/board-state";
import type { BoardState, Place } from "@/api/board-state";
import { cardQuery } from "@/api/cards";
import type { Agent, Card, Column, Project } from "@/api/types";
import { openDialog } from "@/lib/dialogs";
import { t } from "@/lib/messages";
import { useEarly } from "@/live/use-live";
import { Button } from "@/ui/button";

import { agentNames } from "./agent-names";
import type { Wanted } from "./board-column";
import { countOf, filtered } from "./board-filter";
import { BoardColumns } from "./board-columns";
import { BoardHeader } from "./board-header";
import styles from "./board-screen.module.css";
import { useCardActions } from "./card-actions";
import type { MenuKind } from "./card-face";
import { FilterBar } from "./filter-bar";
import type { FilterProps } from "./filter-bar";
import { useCardMoves } from "./moves";
import type { CardMoves } from "./moves";
import { useTouchDrag } from "./touch-drag";
import { useBoardKeys } from "./use-board-keys";

const loadMenu = () => import("./card-menu");
const CardMenu = lazy(() => loadMenu().then((module) => ({ default: module.CardMenu })));

type Props = {
  project: Project;
  board: BoardState;
  agents: readonly Agent[];
  connection: ReactNode;
} & FilterProps;

type MenuState = { kind: MenuKind; card: Card; button: HTMLElement };

function NothingMatches({ onClear }: { onClear: () => void }) {
  return (
    <div className={styles.nothing}>
      <h2>{t.filter.nothing}</h2>
      <p>{t.filter.nothingHint}</p>
      <Button variant="default" onClick={onClear}>
        {t.filter.clear}
      </Button>
    </div>
  );
}

/** The cards of the board, and those of them that the filter lets through. */
function useCards({
  project,
  board,
  agents,
  filter,
}: Pick<Props, "project" | "board" | "agents" | "filter">) {
  const all = useMemo(() => [...board.cards.values()], [board]);
  const byColumn = useMemo(() => cardsByColumn(board), [board]);
  const names = useMemo(() => agentNames(agents, project), [agents, project]);
  const shown = useMemo(() => filtered(byColumn, filter, names), [byColumn, filter, names]);
  return { all, byColumn, names, shown };
}

/** The one menu of the board: of which card it is, and the button that it belongs to. */
function useMenu() {
  const client = useQueryClient();
  const [menu, setMenu] = useState<MenuState | null>(null);
  const open = useCallback(
    (kind: MenuKind, card: Card, button: HTMLElement) => {
      // The dialogs that the menu opens read this card on its own.
      client.setQueryData(cardQuery(card.id).queryKey, card);
      setMenu({ kind, card, button });
    },
    [client],
  );
  useEarly(loadMenu, 1_000);
  const close = () => {
    menu?.button.focus();
    setMenu(null);
  };
  return { menu, open, turnTo: (kind: MenuKind) => setMenu(menu && { ...menu, kind }), close };
}

export function BoardScreen(props: Props) {
  const { project, board, connection, filter, onFilter } = props;
  const { all, byColumn, names, shown } = useCards(props);
  const { menu, open, turnTo, close } = useMenu();
  const moves = useCardMoves(byColumn, shown);
  const actions = useCardActions();
  // The card that takes the focus as soon as it is in the page.
  const [wanted, setWanted] = useState<Wanted | null>(null);
  const focusCard = (cardId: string, place?: Place) => setWanted({ cardId, place });
  const focused = useCallback(() => setWanted(null), []);
  const add = useCallback(
    (column: Column) => openDialog({ kind: "create-card", projectId: project.id, column }),
    [project.id],
  );
  const { grabbedId, onKeyDown } = useBoardKeys({
    moves,
    onMenu: open,
    onFocus: focusCard,
    wantedId: wanted?.cardId ?? null,
  });
  const screen = useRef<HTMLDivElement>(null);
  const heldId = useTouchDrag(screen, moves);
  const move: CardMoves["to"] = (card, column, end) => {
    const place = moves.to(card, column, end);
    if (place) focusCard(card.id, place);
    return place;
  };
  const isFiltered = shown !== byColumn;
  const count = countOf(shown);
  return (
    <div ref={screen} className={styles.screen}>
      <BoardHeader
        project={project}
        cards={all}
        filter={
          all.length === 0 ? null : (
            <FilterBar filter={filter} onFilter={onFilter} cards={all} agents={names} shown={count} />
          )
        }
        connection={connection}
      />
      {isFiltered && count === 0 ? (
        <NothingMatches onClear={() => onFilter({})} />
      ) : (
        <BoardColumns
          byColumn={shown}
          agents={names}
          grabbedId={heldId ?? grabbedId}
          menuCardId={menu?.card.id ?? null}
          onMenu={open}
          onDrop={moves.drop}
          onAdd={add}
          filtered={isFiltered}
          wanted={wanted}
          onFocused={focused}
          onKeyDown={onKeyDown}
        />
      )}
      {menu ? (
        <Suspense fallback={null}>
          <CardMenu
            key={menu.kind}
            kind={menu.kind}
            card={board.cards.get(menu.card.id) ?? menu.card}
            button={menu.button}
            actions={actions}
            onMove={move}
            onKind={turnTo}
            onClose={close}
          />
        </Suspense>
      ) : null}
    </div>
  );
}
