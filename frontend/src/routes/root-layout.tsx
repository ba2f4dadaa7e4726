import { Outlet, useLocation, useMatch } from "@tanstack/react-router";
import { Suspense, lazy, useCallback, useEffect } from "react";

import { ConnectionNotices } from "@/features/connection/connection-notices";
import { ConnectionPill } from "@/features/connection/connection-pill";
import { Navigation } from "@/features/navigation/navigation";
import { PLACES } from "@/features/navigation/places";
import { ServerNotices } from "@/features/server/server-notices";
import { closeDialog, closePalette, isDialogOpen, openDialog, useDialog } from "@/lib/dialogs";
import { onCommandK, onKey } from "@/lib/keys";
import { t } from "@/lib/messages";
import { useEarly } from "@/live/use-live";
import { Notices } from "@/ui/notices";

import { useAttention } from "./attention";
import { useCurrentProject } from "./current-project";
import styles from "./root-layout.module.css";

/** Screens of all projects: none of the list is the one that is looked at. */
const OF_NO_PROJECT: ReadonlySet<string> = new Set(["/needs-you", "/history", "/settings"]);

const loadDialogs = () => import("@/features/dialogs/dialogs");
const Dialogs = lazy(() => loadDialogs().then((module) => ({ default: module.Dialogs })));

const loadPalette = () => import("@/features/palette/palette");
const Palette = lazy(() => loadPalette().then((module) => ({ default: module.Palette })));

/** The card on the board that has the focus. */
function focusedCard(): string | undefined {
  return document.activeElement instanceof HTMLElement ? document.activeElement.dataset["card"] : undefined;
}

/** The frame around every screen: navigation, the screen, the dialogs and what is said aloud. */
export function RootLayout() {
  const dialog = useDialog();
  const project = useCurrentProject();
  useAttention();
  const ofNoProject = useLocation({
    select: ({ pathname, search }) => OF_NO_PROJECT.has(pathname) || "add" in search,
  });
  const cardId = useMatch({ from: "/cards/$cardId", shouldThrow: false })?.params.cardId;
  const newCard = project
    ? () => openDialog({ kind: "create-card", projectId: project.id, column: "backlog" })
    : undefined;

  const openPalette = useCallback(
    () => openDialog({ kind: "palette", cardId: cardId ?? focusedCard() }),
    [cardId],
  );

  useEffect(() => onKey("c", () => newCard?.()));
  useEffect(() => onKey("?", () => openDialog({ kind: "keys" })), []);
  useEffect(() => onCommandK(() => (isDialogOpen() ? undefined : openPalette())), [openPalette]);
  useEarly(loadDialogs, 2_000);
  useEarly(loadPalette, 2_000);

  return (
    <div className={styles.page}>
      <a className={styles.skip} href="#main">
        {t.nav.skip}
      </a>
      <Navigation
        projectId={ofNoProject ? undefined : project?.id}
        onNewCard={newCard}
        onSearch={openPalette}
        hiddenOnPhone={cardId !== undefined}
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
          {dialog.kind === "palette" ? (
            <Palette projectId={project?.id} cardId={dialog.cardId} places={PLACES} onClose={closePalette} />
          ) : (
            <Dialogs dialog={dialog} onClose={closeDialog} />
          )}
        </Suspense>
      ) : null}
      <ConnectionNotices />
      <Notices />
    </div>
  );
}
