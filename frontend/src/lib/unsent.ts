import { useSyncExternalStore } from "react";

/** Words that are to be sent; the key is the same at each try, so that the server takes a repeat for one. */
export type Outgoing = { readonly key: string; readonly text: string };

/** What the user typed for a run and the server does not have yet. */
export type Unsent = { readonly draft: string; readonly outgoing: readonly Outgoing[] };

const nothing: Unsent = { draft: "", outgoing: [] };
const PREFIX = "retoma-unsent-";

const known = new Map<string, Unsent>();
const listeners = new Set<() => void>();

function parse(stored: string | null): Unsent {
  if (stored === null) return nothing;
  try {
    const { draft, outgoing }: Partial<Unsent> = JSON.parse(stored);
    return { draft: draft ?? "", outgoing: outgoing ?? [] };
  } catch {
    return nothing;
  }
}

function changed(): void {
  for (const listener of listeners) listener();
}

function fromOtherTab({ key, newValue }: StorageEvent): void {
  if (!key?.startsWith(PREFIX)) return;
  known.set(key.slice(PREFIX.length), parse(newValue));
  changed();
}

function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) window.addEventListener("storage", fromOtherTab);
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    window.removeEventListener("storage", fromOtherTab);
    // Nobody hears of other tabs from here on; what they store is read when somebody asks again.
    known.clear();
  };
}

/** What is unsent for a run; the same object until it changes. It survives a refresh. */
export function readUnsent(executionId: string): Unsent {
  let unsent = known.get(executionId);
  if (!unsent) {
    unsent = parse(localStorage.getItem(PREFIX + executionId));
    known.set(executionId, unsent);
  }
  return unsent;
}

function write(executionId: string, unsent: Unsent): void {
  known.set(executionId, unsent);
  const isEmpty = unsent.draft === "" && unsent.outgoing.length === 0;
  try {
    if (isEmpty) localStorage.removeItem(PREFIX + executionId);
    else localStorage.setItem(PREFIX + executionId, JSON.stringify(unsent));
  } catch {
    // A full storage costs the survival of a refresh, not what is on the screen.
  }
  changed();
}

/** A key that nobody else has. (`randomUUID` is missing where the page is not on a loopback address or HTTPS.) */
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");
}

export function writeDraft(executionId: string, draft: string): void {
  write(executionId, { ...readUnsent(executionId), draft });
}

/** The draft becomes something to send. Blank ones stay what they are. */
export function sendDraft(executionId: string): void {
  const { draft, outgoing } = readUnsent(executionId);
  const text = draft.trim();
  if (text === "") return;
  write(executionId, { draft: "", outgoing: [...outgoing, { key: newKey(), text }] });
}

/** The server has it. */
export function forgetOutgoing(executionId: string, key: string): void {
  const unsent = readUnsent(executionId);
  write(executionId, { ...unsent, outgoing: unsent.outgoing.filter((one) => one.key !== key) });
}

/** All that was to be sent is a draft again, before whatever is being typed. */
export function takeBack(executionId: string): void {
  const { draft, outgoing } = readUnsent(executionId);
  write(executionId, { draft: joinTexts([...outgoing.map(({ text }) => text), draft]), outgoing: [] });
}

export function forgetUnsent(executionId: string): void {
  write(executionId, nothing);
}

export function useUnsent(executionId: string): Unsent {
  return useSyncExternalStore(subscribe, () => readUnsent(executionId));
}

/** Several texts as one, in their order. */
export function joinTexts(texts: readonly string[]): string {
  return texts.filter((text) => text.trim() !== "").join("\n\n");
}
