import { Outlet, useLocation, useMatch } from "@tanstack/react-router";
import { Suspense, lazy, useEffect } from "react";

import { ConnectionNotices } from "@/features/connection/connection-notices";
import { ConnectionPill } from "@/features/connection/connection-pill";
import { Navigation } from "@/features/navigation/navigation";
import { ServerNotices } from "@/features/server/server-notices";
import { closeDialog, openDialog, useDialog } from "@/lib/dialogs";
import { onKey } from "@/lib/keys";
import { t } from "@/lib/messages";
import { Notices } from "@/ui/notices";

import { useAttention } from "./attention";
import { useCurrentProject } from "./current-project";
import styles from "./root-layout.module.css";

/** Screens of all projects: none of the list is the one that is looked at. */
const OF_NO_PROJECT: ReadonlySet<string> = new Set(["/needs-you", "/settings"]);

const loadDialogs = () => import("@/features/dialogs/dialogs");
const Dialogs = lazy(() => loadDialogs().then((module) => ({ default: module.Dialogs })));

/** The frame around every screen: navigation, the screen, the dialogs and what is said aloud. */
export function RootLayout() {
  const dialog = useDialog();
  const project = useCurrentProject();
  useAttention();
  const ofNoProject = useLocation({ select: ({ pathname }) => OF_NO_PROJECT.has(pathname) });
  const onCard = useMatch({ from: "/cards/$cardId", shouldThrow: false }) !== undefined;
  const newCard = project
    ? () => openDialog({ kind: "create-card", projectId: project.id, column: "backlog" })
    : undefined;

  useEffect(() => onKey("c", () => newCard?.()));
  useEffect(() => {
    const timer = setTimeout(() => void loadDialogs(), 2_000);
    return () => clearTimeout(timer);
  }, []);

  return (
    <div className={styles.page}>
      <a className={styles.skip} href="#main">
        {t.nav.skip}
      </a>
      <Navigation
        projectId={ofNoProject ? undefined : project?.id}
        onNewCard={newCard}
        hiddenOnPhone={onCard}
        connection={<ConnectionPill short />}
      />
      <main id="main" className={styles.main} tabIndex={-1}>
        <ServerNotices />
        <div className={styles.screen}>
          <Outlet />
        </div>
      </main>
      {dialog ? (
        <Suspense fallback={null}>
          <Dialogs dialog={dialog} onClose={closeDialog} />
        </Suspense>
      ) : null}
      <ConnectionNotices />
      <Notices />
    </div>
  );
}
