/** How what stands around the log moves in it. */
export type LogMoves = {
  /** Brings the line on top (where it is filtered out, the next one that is not). */
  goTo: (line: number) => void;
  /** The first and the last line on the screen. */
  shown: () => { first: number; last: number; following: boolean };
  /** Puts the keyboard into the log. */
  focus: () => void;
};
