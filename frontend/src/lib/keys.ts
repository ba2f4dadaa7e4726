const KEY = "retoma-single-keys";

/** Whether single letters do something: a reader who speaks to the machine may not want them (WCAG 2.1.4). */
export const hasSingleKeys = (): boolean => localStorage.getItem(KEY) !== "off";

export const switchSingleKeys = (on: boolean): void => localStorage.setItem(KEY, on ? "on" : "off");

/** Whether the event belongs to a text field, a dialog or a menu, where single letters are not ours. */
function isTaken(event: KeyboardEvent): boolean {
  const target = event.target;
  if (!(target instanceof HTMLElement)) return false;
  return (
    target.closest(
      "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable=true], [role=dialog], dialog, [role=menu]",
    ) !== null
  );
}

/** Calls `action` for a single letter outside text fields; returns the function that stops it. */
export function onKey(key: string, action: () => void): () => void {
  const listener = (event: KeyboardEvent) => {
    if (event.key.toLowerCase() !== key || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.defaultPrevented || isTaken(event) || !hasSingleKeys()) return;
    event.preventDefault();
    action();
  };
  document.addEventListener("keydown", listener);
  return () => document.removeEventListener("keydown", listener);
}

/** Calls `action` for ⌘K or Ctrl+K, in text fields too; returns the function that stops it. */
export function onCommandK(action: () => void): () => void {
  const listener = (event: KeyboardEvent) => {
    if (event.key.toLowerCase() !== "k" || event.shiftKey || event.altKey) return;
    if (event.ctrlKey === event.metaKey || event.defaultPrevented) return;
    event.preventDefault();
    action();
  };
  document.addEventListener("keydown", listener);
  return () => document.removeEventListener("keydown", listener);
}
