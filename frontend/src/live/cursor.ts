import type { Entry } from "@/api/types";

/** What a reader at a cursor makes of a frame of entries. */
export type Reading =
  | { kind: "nothing" }
  | { kind: "entries"; entries: readonly Entry[]; cursor: number }
  | { kind: "gap"; from: number; to: number };

/**
 * Entries at or before the cursor were read already and are left out; a frame that starts beyond the next sequence is a
 * gap (`from` … `to` are missing) and nothing of it is read.
 */
export function readFrom(cursor: number, frame: readonly Entry[]): Reading {
  const entries = frame.filter((entry) => entry.sequence > cursor);
  const first = entries[0];
  const last = entries.at(-1);
  if (!first || !last) return { kind: "nothing" };
  if (first.sequence > cursor + 1) return { kind: "gap", from: cursor + 1, to: first.sequence - 1 };
  return { kind: "entries", entries, cursor: last.sequence };
}
