import {
  IconFolder,
  IconLayoutSidebarLeftCollapse,
  IconLayoutSidebarLeftExpand,
  IconMenu2,
  IconPlus,
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
import styles from "./navigation.module.css";

type Props = {
  projectId: string | undefined;
  onNewCard: (() => void) | undefined;
  hiddenOnPhone: boolean;
  connection: ReactNode;
};

const FOLD_KEY = "retoma-navigation";
const ROOM_FOR_NAMES = "(min-width: 1100px)";

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

/** The sidebar; on a phone a bar on top that unfolds it. */
export function Navigation({ projectId, onNewCard, hiddenOnPhone, connection }: Props) {
  const [folded, setFolded] = useState(foldedAtFirst);
  const [sheet, setSheet] = useState(false);
  const close = () => setSheet(false);
  useEffect(() => localStorage.setItem(FOLD_KEY, folded ? "folded" : "wide"), [folded]);

  const brand = (
    <Link to="/" className={styles.brand} onClick={close} aria-label={t.product}>
      <img src="/icon.svg" alt="" />
      <span>{t.product}</span>
    </Link>
  );
  const classes = [styles.nav, folded && !sheet ? styles.folded : "", sheet ? styles.sheet : ""].join(" ");
  const FoldIcon = folded ? IconLayoutSidebarLeftExpand : IconLayoutSidebarLeftCollapse;
  return (
    <>
      <header className={styles.top} data-hidden={hiddenOnPhone}>
        <IconButton label={t.nav.menu} aria-expanded={sheet} onClick={() => setSheet(true)}>
          <IconMenu2 size={20} aria-hidden />
        </IconButton>
        {brand}
        {connection}
        <IconButton label={t.nav.newCard} disabled={!onNewCard} onClick={onNewCard}>
          <IconPlus size={20} aria-hidden />
        </IconButton>
      </header>
      <nav
        className={classes}
        aria-label={t.nav.main}
        onKeyDown={(event) => event.key === "Escape" && close()}
      >
        <div className={styles.row}>
          {brand}
          {sheet ? (
            <IconButton label={t.problem.dismiss} onClick={close}>
              <IconX size={20} aria-hidden />
            </IconButton>
          ) : null}
        </div>
        <button
          type="button"
          className={styles.new}
          disabled={!onNewCard}
          aria-keyshortcuts="c"
          title={t.nav.newCard}
          onClick={() => {
            close();
            onNewCard?.();
          }}
        >
          <IconPlus size={16} aria-hidden />
          <span>{t.nav.newCard}</span>
          <kbd>C</kbd>
        </button>
        <ProjectList projectId={projectId} onGo={close} />
        <div className={styles.foot}>
          <div className={styles.row}>
            <ColourScheme name="colour-scheme" />
            {sheet ? null : (
              <IconButton
                label={folded ? t.nav.unfold : t.nav.fold}
                aria-expanded={!folded}
                onClick={() => setFolded(!folded)}
              >
                <FoldIcon size={17} aria-hidden />
              </IconButton>
            )}
          </div>
        </div>
      </nav>
    </>
  );
}
