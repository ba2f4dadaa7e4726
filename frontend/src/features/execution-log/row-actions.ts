import type { Entry } from "@/api/types";

/** What a row can ask of the log; the same object for as long as the log is there. */
export type RowActions = {
  /** Opens or folds the entry. */
  toggle: (sequence: number) => void;
  /** Puts the line into the page's address. */
  mark: (sequence: number) => void;
  readWhole: (sequence: number, signal: AbortSignal) => Promise<Entry>;
};
