import { useQueryClient } from "@tanstack/react-query";
import { Suspense, lazy, useCallback, useMemo, useState } from "react";
import type { ReactNode } from "react";

import { cardsByColumn } from "@/api/board-state";
import type { BoardState } from "@/api/board-state";
import { cardQuery } from "@/api/cards";
import type { Agent, Card, Column, Project } from "@/api/types";
import { openDialog } from "@/lib/dialogs";

import { agentNames } from "./agent-names";
import { BoardColumns } from "./board-columns";
import { BoardHeader } from "./board-header";
import styles from "./board-screen.module.css";
import { useCardActions } from "./card-actions";
import type { MenuKind } from "./card-face";
import { useCardMoves } from "./moves";

const CardMenu = lazy(() => import("./card-menu").then((module) => ({ default: module.CardMenu })));

type Props = { project: Project; board: BoardState; agents: readonly Agent[]; connection: ReactNode };

type MenuState = { kind: MenuKind; card: Card; button: HTMLElement };

export function BoardScreen({ project, board, agents, connection }: Props) {
  const byColumn = useMemo(() => cardsByColumn(board), [board]);
  const names = useMemo(() => agentNames(agents, project), [agents, project]);
  const client = useQueryClient();
  const moves = useCardMoves(byColumn);
  const actions = useCardActions();
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
      />
      {menu ? (
        <Suspense fallback={null}>
          <CardMenu
            key={menu.kind}
            kind={menu.kind}
            card={board.cards.get(menu.card.id) ?? menu.card}
            button={menu.button}
            actions={actions}
            onMove={moves.to}
            onKind={(kind) => setMenu({ ...menu, kind })}
            onClose={closeMenu}
          />
        </Suspense>
      ) : null}
    </div>
  );
}
