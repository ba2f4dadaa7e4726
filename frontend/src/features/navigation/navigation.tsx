import { useMediaQuery } from "@mantine/hooks";
import {
  IconFolder,
  IconLayoutSidebarLeftCollapse,
  IconLayoutSidebarLeftExpand,
  IconMenu2,
  IconPlus,
  IconSearch,
  IconX,
} from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import type { ReactNode } from "react";

import { projectsQuery } from "@/api/projects";
import { t } from "@/lib/messages";
import { IconButton } from "@/ui/icon-button";

import { ColourScheme } from "./colour-scheme";
import { LanguageChoice } from "./language-choice";
import styles from "./navigation.module.css";
import { Places } from "./places";

type Props = {
  projectId: string | undefined;
  onNewCard: (() => void) | undefined;
  onSearch: () => void;
  hiddenOnPhone: boolean;
  connection: ReactNode;
};

const FOLD_KEY = "retoma-navigation";
const PHONE = "(max-width: 720px)";
const ROOM_FOR_NAMES = "(min-width: 1100px)";

const SEARCH_KEYS = /Mac|iPhone|iPad/.test(navigator.userAgent) ? "⌘K" : "Ctrl K";

function foldedAtFirst(): boolean {
  const chosen = localStorage.getItem(FOLD_KEY);
  return chosen === null ? !window.matchMedia(ROOM_FOR_NAMES).matches : chosen === "folded";
}

function ProjectList({ projectId, onGo }: { projectId: string | undefined; onGo: () => void }) {
  const projects = useQuery(projectsQuery).data ?? [];
  return (
    <>
      <div className={styles.heading}>
        <span id="projects-heading">{t.nav.projects}</span>
      </div>
      <ul className={styles.list} aria-labelledby="projects-heading">
        {projects.map((project) => (
          <li key={project.id}>
            <Link
              className={styles.link}
              to="/projects/$projectId"
              params={{ projectId: project.id }}
              aria-current={project.id === projectId ? "page" : undefined}
              title={project.path}
              onClick={onGo}
            >
              <IconFolder size={16} aria-hidden />
              <span>{project.name}</span>
            </Link>
          </li>
        ))}
        <li>
          <Link className={styles.link} to="/" search={{ add: true }} title={t.nav.addProject} onClick={onGo}>
            <IconPlus size={16} aria-hidden />
            <span>{t.nav.addProject}</span>
          </Link>
        </li>
      </ul>
    </>
  );
}

function Brand({ onGo }: { onGo: () => void }) {
  return (
    <Link
      to="/"
      activeOptions={{ exact: true }}
      className={styles.brand}
      onClick={onGo}
      aria-label={t.product}
    >
      <img src="/icon.svg" alt="" />
      <span>{t.product}</span>
    </Link>
  );
}

type SidebarProps = Pick<Props, "projectId" | "onNewCard" | "onSearch"> & {
  className: string;
  /** Beside the brand and beside the colours: what closes or folds it. */
  close?: ReactNode;
  fold?: ReactNode;
  onGo: () => void;
};

function Sidebar({ projectId, onNewCard, onSearch, className, close, fold, onGo }: SidebarProps) {
  const newCard = () => {
    onGo();
    onNewCard?.();
  };
  return (
    <nav
      className={className}
      aria-label={t.nav.main}
      onKeyDown={(event) => event.key === "Escape" && onGo()}
    >
      <div className={styles.row}>
        <Brand onGo={onGo} />
        {close}
      </div>
      <button
        type="button"
        className={styles.new}
        disabled={!onNewCard}
        aria-keyshortcuts="c"
        title={onNewCard ? t.nav.newCard : t.nav.noProject}
        onClick={newCard}
      >
        <IconPlus size={16} aria-hidden />
        <span>{t.nav.newCard}</span>
        <kbd aria-hidden>C</kbd>
      </button>
      <button
        type="button"
        className={styles.new}
        aria-keyshortcuts="Control+K Meta+K"
        title={t.palette.open}
        onClick={() => {
          onGo();
          onSearch();
        }}
      >
        <IconSearch size={16} aria-hidden />
        <span>{t.palette.open}</span>
        <kbd aria-hidden>{SEARCH_KEYS}</kbd>
      </button>
      <Places onGo={onGo} />
      <ProjectList projectId={projectId} onGo={onGo} />
      <div className={styles.foot}>
        <LanguageChoice />
        <div className={styles.row}>
          <ColourScheme />
          {fold}
        </div>
      </div>
    </nav>
  );
}

function FoldableSidebar({
  projectId,
  onNewCard,
  onSearch,
}: Pick<Props, "projectId" | "onNewCard" | "onSearch">) {
  const [folded, setFolded] = useState(foldedAtFirst);
  useEffect(() => localStorage.setItem(FOLD_KEY, folded ? "folded" : "wide"), [folded]);
  const FoldIcon = folded ? IconLayoutSidebarLeftExpand : IconLayoutSidebarLeftCollapse;
  return (
    <Sidebar
      projectId={projectId}
      onNewCard={onNewCard}
      onSearch={onSearch}
      className={folded ? `${styles.nav} ${styles.folded}` : `${styles.nav}`}
      onGo={() => {}}
      fold={
        <IconButton
          label={folded ? t.nav.unfold : t.nav.fold}
          aria-expanded={!folded}
          onClick={() => setFolded(!folded)}
        >
          <FoldIcon size={17} aria-hidden />
        </IconButton>
      }
    />
  );
}

function PhoneBar({ projectId, onNewCard, onSearch, hiddenOnPhone, connection }: Props) {
  const [open, setOpen] = useState(false);
  const close = () => setOpen(false);
  if (hiddenOnPhone) return null;
  return (
    <header className={styles.top}>
      <IconButton label={t.nav.menu} aria-expanded={open} onClick={() => setOpen(true)}>
        <IconMenu2 size={20} aria-hidden />
      </IconButton>
      <Brand onGo={close} />
      {connection}
      <IconButton
        label={t.nav.newCard}
        title={onNewCard ? t.nav.newCard : t.nav.noProject}
        disabled={!onNewCard}
        onClick={onNewCard}
      >
        <IconPlus size={20} aria-hidden />
      </IconButton>
      {open ? (
        <Sidebar
          projectId={projectId}
          onNewCard={onNewCard}
          onSearch={onSearch}
          className={`${styles.nav} ${styles.sheet}`}
          onGo={close}
          close={
            <IconButton label={t.nav.closeMenu} onClick={close}>
              <IconX size={20} aria-hidden />
            </IconButton>
          }
        />
      ) : null}
    </header>
  );
}

/** The sidebar; on a phone a bar on top that opens it. */
export function Navigation(props: Props) {
  const phone = useMediaQuery(PHONE, false, { getInitialValueInEffect: false });
  if (phone) return <PhoneBar {...props} />;
  return (
    <FoldableSidebar projectId={props.projectId} onNewCard={props.onNewCard} onSearch={props.onSearch} />
  );
}
