/** A line the reader should see: it goes by itself unless something went wrong. */
export type Notice = { readonly id: number; readonly tone: "done" | "problem"; readonly text: string };

const SHOWN_MS = 4_000;
const SPEAK_EVERY_MS = 1_000;

let notices: readonly Notice[] = [];
let spoken = "";
let nextId = 1;
let queue: string[] = [];
let speaking: ReturnType<typeof setTimeout> | undefined;
const listeners = new Set<() => void>();

function changed(): void {
  for (const listener of listeners) listener();
}

export function subscribeToNotices(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

export const currentNotices = (): readonly Notice[] => notices;

/** What the page's one polite region says now. */
export const currentSpeech = (): string => spoken;

function speakNext(): void {
  speaking = undefined;
  const text = queue.shift();
  if (text === undefined) return;
  spoken = text;
  changed();
  speaking = setTimeout(speakNext, SPEAK_EVERY_MS);
}

/** Says a sentence in the polite region: at most one a second, the latest three of a burst. */
export function announce(text: string): void {
  queue = [...queue, text].slice(-3);
  if (speaking === undefined) speakNext();
}

export function dismissNotice(id: number): void {
  notices = notices.filter((notice) => notice.id !== id);
  changed();
}

/** Shows a sentence for a while (a problem stays until it is dismissed) and says it. */
export function notify(tone: Notice["tone"], text: string): void {
  const id = nextId++;
  notices = [...notices.filter((notice) => notice.text !== text), { id, tone, text }].slice(-4);
  changed();
  announce(text);
  if (tone === "done") setTimeout(() => dismissNotice(id), SHOWN_MS);
}
