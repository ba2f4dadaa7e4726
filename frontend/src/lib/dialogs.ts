import { useSyncExternalStore } from "react";

/** The dialog that is open, of those which any screen can open. */
export type Dialog =
  | { kind: "palette"; cardId?: string }
  | { kind: "keys" }
  | { kind: "create-card"; projectId: string; column: string }
  | { kind: "edit-card"; cardId: string }
  | { kind: "delete-card"; cardId: string }
  | { kind: "cancel-run"; cardId: string; executionId: string }
  | { kind: "run-with-note"; cardId: string; command: string }
  | { kind: "delete-project"; projectId: string }
  | { kind: "resume-with-note"; cardId: string; executionId: string };

let current: Dialog | null = null;
const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

function set(dialog: Dialog | null): void {
  current = dialog;
  for (const listener of listeners) listener();
}

export const openDialog = (dialog: Dialog): void => set(dialog);
export const closeDialog = (): void => set(null);

/** Closes the palette, and nothing else: the browser may say that it has closed when another dialog is open already. */
export const closePalette = (): void => {
  if (current?.kind === "palette") set(null);
};

/** Whether a dialog is open: keys that open another are then not ours. */
export const isDialogOpen = (): boolean => current !== null;

export function useDialog(): Dialog | null {
  return useSyncExternalStore(subscribe, () => current);
}
