import type { Entry } from "@/api/types";

/** From which length on a text is folded, and how much of it then shows. */
export type Limit = { lines: number; characters: number };

export const RESULT_LIMIT: Limit = { lines: 12, characters: 2_000 };
export const MESSAGE_LIMIT: Limit = { lines: 400, characters: 20_000 };
export const RAW_LIMIT: Limit = { lines: 12, characters: 4_000 };
export const INPUT_LIMIT: Limit = { lines: 20, characters: 4_000 };

/** The number of lines; a newline at the very end begins none. */
export function countLines(text: string): number {
  if (text === "") return 0;
  let count = text.endsWith("\n") ? 0 : 1;
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) count++;
  return count;
}

/** The beginning of `text` that shows while it is folded: the very same string where nothing has to be folded. */
export function folded(text: string, limit: Limit): string {
  let end = 0;
  for (let line = 0; line < limit.lines; line++) {
    const next = text.indexOf("\n", end);
    if (next === -1 || next === text.length - 1) return cut(text, limit.characters);
    end = next + 1;
  }
  return cut(text.slice(0, end - 1), limit.characters);
}

function cut(text: string, characters: number): string {
  if (text.length <= characters) return text;
  // Not between the two halves of one character.
  const half = text.charCodeAt(characters - 1);
  const splits = half >= 0xd800 && half <= 0xdbff;
  return text.slice(0, splits ? characters - 1 : characters);
}

const utf8 = new TextEncoder();

/** Whether a part of the entry was cut on the wire: its content, or a long text in its data. */
export const wasCut = (entry: Entry): boolean => typeof entry.data?.["truncatedBytes"] === "number";

/** Length in bytes of the stored content where the wire carried only its beginning, else null. */
export function truncatedBytes(entry: Entry): number | null {
  const bytes = entry.data?.["truncatedBytes"];
  if (typeof bytes !== "number" || utf8.encode(entry.content).length >= bytes) return null;
  return bytes;
}

export function firstLine(text: string): string {
  const start = text.search(/\S/);
  if (start === -1) return "";
  const end = text.indexOf("\n", start);
  return text.slice(start, end === -1 ? undefined : end).trimEnd();
}
