import { useQueryClient } from "@tanstack/react-query";
import { Suspense, lazy, useCallback, useEffect, useMemo, useState } from "react";
import type { ReactNode } from "react";

import { cardsByColumn } from "@/api/board-state";
import type { BoardState, Place } from "@/api/board-state";
import { cardQuery } from "@/api/cards";
import type { Agent, Card, Column, Project } from "@/api/types";
import { openDialog } from "@/lib/dialogs";

import { agentNames } from "./agent-names";
import type { Wanted } from "./board-column";
import { BoardColumns } from "./board-columns";
import { BoardHeader } from "./board-header";
import styles from "./board-screen.module.css";
import { useCardActions } from "./card-actions";
import type { MenuKind } from "./card-face";
import { useCardMoves } from "./moves";
import type { CardMoves } from "./moves";
import { useBoardKeys } from "./use-board-keys";

const loadMenu = () => import("./card-menu");
const CardMenu = lazy(() => loadMenu().then((module) => ({ default: module.CardMenu })));

type Props = { project: Project; board: BoardState; agents: readonly Agent[]; connection: ReactNode };

type MenuState = { kind: MenuKind; card: Card; button: HTMLElement };

export function BoardScreen({ project, board, agents, connection }: Props) {
  const byColumn = useMemo(() => cardsByColumn(board), [board]);
  const names = useMemo(() => agentNames(agents, project), [agents, project]);
  const client = useQueryClient();
  const moves = useCardMoves(byColumn);
  const actions = useCardActions();
  // The card that takes the focus as soon as it is in the page.
  const [wanted, setWanted] = useState<Wanted | null>(null);
  const focusCard = (cardId: string, place?: Place) => setWanted({ cardId, place });
  const focused = useCallback(() => setWanted(null), []);
  const [menu, setMenu] = useState<MenuState | null>(null);
  const openMenu = useCallback(
    (kind: MenuKind, card: Card, button: HTMLElement) => {
      // The dialogs that the menu opens read this card on its own.
      client.setQueryData(cardQuery(card.id).queryKey, card);
      setMenu({ kind, card, button });
    },
    [client],
  );
  const add = useCallback(
    (column: Column) => openDialog({ kind: "create-card", projectId: project.id, column }),
    [project.id],
  );
  const onKeyDown = useBoardKeys({ byColumn, moves, onMenu: openMenu, onFocus: focusCard });
  const move: CardMoves["to"] = (card, column, end) => {
    const place = moves.to(card, column, end);
    if (place) focusCard(card.id, place);
    return place;
  };
  useEffect(() => {
    const timer = setTimeout(() => void loadMenu(), 1_000);
    return () => clearTimeout(timer);
  }, []);
  const closeMenu = () => {
    menu?.button.focus();
    setMenu(null);
  };
  return (
    <div className={styles.screen}>
      <BoardHeader project={project} cards={[...board.cards.values()]} connection={connection} />
      <BoardColumns
        byColumn={byColumn}
        agents={names}
        menuCardId={menu?.card.id ?? null}
        onMenu={openMenu}
        onDrop={moves.drop}
        onAdd={add}
        wanted={wanted}
        onFocused={focused}
        onKeyDown={onKeyDown}
      />
      {menu ? (
        <Suspense fallback={null}>
          <CardMenu
            key={menu.kind}
            kind={menu.kind}
            card={board.cards.get(menu.card.id) ?? menu.card}
            button={menu.button}
            actions={actions}
            onMove={move}
            onKind={(kind) => setMenu({ ...menu, kind })}
            onClose={closeMenu}
          />
        </Suspense>
      ) : null}
    </div>
  );
}
