import type { SearchItem } from "@/api/types";

/** What was found in one run, or in a card itself (`executionId` null). */
export type HitGroup = {
  key: string;
  /** The first thing that was found: it says whose they are. */
  of: SearchItem;
  hits: SearchItem[];
};

/** Hits by run, in the order in which the runs were first met; cards come first by themselves. */
export function hitGroups(items: readonly SearchItem[]): HitGroup[] {
  const groups = new Map<string, HitGroup>();
  for (const item of items) {
    const key = item.executionId ?? `card ${item.cardId}`;
    const group = groups.get(key);
    if (group) group.hits.push(item);
    else groups.set(key, { key, of: item, hits: [item] });
  }
  return [...groups.values()];
}

/** A part of a text, where it begins, and whether it is what was looked for. */
export type Piece = { text: string; at: number; found: boolean };

/** A snippet's text in pieces, those that match apart. The ranges are in order and do not overlap. */
export function snippetPieces({ text, ranges }: Pick<SearchItem["snippet"], "text" | "ranges">): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  const add = (end: number, found: boolean) => {
    if (end > at) pieces.push({ text: text.slice(at, end), at, found });
    at = Math.max(at, end);
  };
  for (const [begin = 0, end = 0] of ranges) {
    add(begin, false);
    add(end, true);
  }
  add(text.length, false);
  return pieces;
}
