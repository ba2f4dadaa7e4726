import type { Entry } from "@/api/types";

/** What a row can ask of the log; the same object for as long as the log is there. */
export type RowActions = {
  /** Opens or folds the entry. */
  toggle: (sequence: number) => void;
  /** Chooses the line: it is put into the page's address. */
  choose: (sequence: number) => void;
  /** Chooses all lines to `to` as well; from `from` on where none is chosen yet. */
  extend: (from: number, to: number) => void;
  readWhole: (sequence: number, signal: AbortSignal) => Promise<Entry>;
};
