import "@mantine/core/styles/Overlay.css";
import "@mantine/core/styles/Paper.css";
import "@mantine/core/styles/CloseButton.css";
import "@mantine/core/styles/ModalBase.css";
import "@mantine/core/styles/Modal.css";
import "@mantine/core/styles/Input.css";

import { columnOf } from "@/api/board-state";
import type { Dialog } from "@/lib/dialogs";

import { CancelRun } from "./cancel-run";
import { DeleteCard } from "./delete-card";
import { DeleteProject } from "./delete-project";
import { CreateCard } from "./create-card";
import { EditCard } from "./edit-card";
import { Keys } from "./keys";
import { ResumeWithNote } from "./resume-with-note";
import { RunWithNote } from "./run-with-note";

type Props = { dialog: Exclude<Dialog, { kind: "palette" }>; onClose: () => void };

/** The dialog that a screen asked for. */
export function Dialogs({ dialog, onClose }: Props) {
  switch (dialog.kind) {
    case "create-card":
      return <CreateCard projectId={dialog.projectId} column={columnOf(dialog.column)} onClose={onClose} />;
    case "keys":
      return <Keys onClose={onClose} />;
    case "edit-card":
      return <EditCard cardId={dialog.cardId} onClose={onClose} />;
    case "delete-card":
      return <DeleteCard cardId={dialog.cardId} onClose={onClose} />;
    case "delete-project":
      return <DeleteProject projectId={dialog.projectId} onClose={onClose} />;
    case "cancel-run":
      return <CancelRun cardId={dialog.cardId} executionId={dialog.executionId} onClose={onClose} />;
    case "run-with-note":
      return <RunWithNote cardId={dialog.cardId} command={dialog.command} onClose={onClose} />;
    case "resume-with-note":
      return <ResumeWithNote cardId={dialog.cardId} executionId={dialog.executionId} onClose={onClose} />;
  }
}
