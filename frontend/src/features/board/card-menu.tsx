import "@mantine/core/styles/Popover.css";
import "@mantine/core/styles/Menu.css";

import { Menu } from "@mantine/core";
import {
  IconArrowRight,
  IconArrowsMove,
  IconEraser,
  IconExternalLink,
  IconPencil,
  IconPlayerPlay,
  IconPlayerStop,
  IconPlayerTrackNext,
  IconTrash,
} from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import type { ReactNode, Ref } from "react";

import { columns } from "@/api/board-state";
import { commands } from "@/api/types";
import type { Card } from "@/api/types";
import { openDialog } from "@/lib/dialogs";
import { t } from "@/lib/messages";
import { isUnfinished } from "@/lib/status";

import type { CardActions } from "./card-actions";
import type { MenuKind } from "./card-face";
import styles from "./card-menu.module.css";
import type { CardMoves } from "./moves";

type Props = {
  kind: MenuKind;
  card: Card;
  button: HTMLElement;
  actions: CardActions;
  onMove: CardMoves["to"];
  onKind: (kind: MenuKind) => void;
  onClose: () => void;
};

const size = 15;

function Item(props: {
  icon?: ReactNode;
  onClick: () => void;
  children: ReactNode;
  stay?: boolean;
  disabled?: boolean;
}) {
  return (
    <Menu.Item
      className={styles.item}
      leftSection={props.icon}
      closeMenuOnClick={!props.stay}
      disabled={props.disabled}
      onClick={props.onClick}
    >
      {props.children}
    </Menu.Item>
  );
}

function RunItems({ card, actions }: Pick<Props, "card" | "actions">) {
  return (
    <>
      {commands.map((command) => (
        <Item
          key={command}
          icon={<IconPlayerPlay size={size} aria-hidden />}
          onClick={() => actions.run(card, command)}
        >
          <span className={styles.command}>
            <code>{command}</code>
            <span className={styles.hint}>{t.command[command]}</span>
          </span>
        </Item>
      ))}
      <Menu.Divider />
      <Item onClick={() => openDialog({ kind: "run-with-note", cardId: card.id, command: "/plan" })}>
        {t.run.addPrompt}
      </Item>
    </>
  );
}

function MoveItems({ card, onMove }: Pick<Props, "card" | "onMove">) {
  return (
    <>
      <Menu.Label>{t.card.moveTo}</Menu.Label>
      {columns.map((column) => (
        <Item
          key={column}
          icon={<IconArrowRight size={size} aria-hidden />}
          disabled={column === card.column}
          onClick={() => onMove(card, column, "bottom")}
        >
          {t.column[column]}
        </Item>
      ))}
      <Menu.Divider />
      <Item onClick={() => onMove(card, card.column, "top")}>{t.card.moveTop}</Item>
      <Item onClick={() => onMove(card, card.column, "bottom")}>{t.card.moveBottom}</Item>
    </>
  );
}

function ExecutionItems({ card, actions }: Pick<Props, "card" | "actions">) {
  const execution = card.activeExecution;
  if (!execution) return null;
  if (isUnfinished(execution.status)) {
    return (
      <Item
        icon={<IconPlayerStop size={size} aria-hidden />}
        onClick={() => openDialog({ kind: "cancel-run", cardId: card.id, executionId: execution.id })}
      >
        {t.card.cancel}
      </Item>
    );
  }
  return (
    <>
      <Item
        icon={<IconPlayerTrackNext size={size} aria-hidden />}
        onClick={() => openDialog({ kind: "resume-with-note", cardId: card.id, executionId: execution.id })}
      >
        {t.run.resumeWith}
      </Item>
      <Item icon={<IconEraser size={size} aria-hidden />} onClick={() => actions.clear(card)}>
        {t.card.clear}
      </Item>
    </>
  );
}

function ActionItems({ card, actions, onKind }: Pick<Props, "card" | "actions" | "onKind">) {
  const navigate = useNavigate();
  const unfinished = isUnfinished(card.activeExecution?.status ?? "idle");
  return (
    <>
      <Item
        icon={<IconExternalLink size={size} aria-hidden />}
        onClick={() => void navigate({ to: "/cards/$cardId", params: { cardId: card.id } })}
      >
        {t.card.open}
      </Item>
      {unfinished ? null : (
        <Item icon={<IconPlayerPlay size={size} aria-hidden />} stay onClick={() => onKind("run")}>
          {t.card.runTitle}
        </Item>
      )}
      <ExecutionItems card={card} actions={actions} />
      <Item icon={<IconArrowsMove size={size} aria-hidden />} stay onClick={() => onKind("move")}>
        {t.card.moveTo}
      </Item>
      <Menu.Divider />
      <Item
        icon={<IconPencil size={size} aria-hidden />}
        onClick={() => openDialog({ kind: "edit-card", cardId: card.id })}
      >
        {t.card.edit}
      </Item>
      <Item
        icon={<IconTrash size={size} aria-hidden />}
        onClick={() => openDialog({ kind: "delete-card", cardId: card.id })}
      >
        {t.card.delete}
      </Item>
    </>
  );
}

/** Where the button is. That it opens a menu is said by the button itself, not here. */
function Place({ button, ref, id }: { button: HTMLElement; ref?: Ref<HTMLDivElement>; id?: string }) {
  const { top, left, width, height } = button.getBoundingClientRect();
  return <div ref={ref} id={id} className={styles.anchor} style={{ top, left, width, height }} />;
}

/** The board's one menu, placed at the button that asked for it. */
export function CardMenu({ kind, card, button, actions, onMove, onKind, onClose }: Props) {
  return (
    <Menu
      opened
      onClose={onClose}
      position="bottom-end"
      withInitialFocusPlaceholder={false}
      width={kind === "run" ? 270 : 190}
      returnFocus={false}
      portalProps={{ target: "#main" }}
    >
      <Menu.Target>
        <Place button={button} />
      </Menu.Target>
      <Menu.Dropdown className={styles.menu} aria-label={t.card.actions(card.number)}>
        {kind === "run" ? <RunItems card={card} actions={actions} /> : null}
        {kind === "move" ? <MoveItems card={card} onMove={onMove} /> : null}
        {kind === "actions" ? <ActionItems card={card} actions={actions} onKind={onKind} /> : null}
      </Menu.Dropdown>
    </Menu>
  );
}
