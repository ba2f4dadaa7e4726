import { lineDiff } from "@/lib/line-diff";

/** A line of a change: taken away, added, or the same before and after. */
export type SignedLine = { sign: "-" | "+" | " "; text: string };

const SIGNS = { removed: "-", added: "+", same: " " } as const;

// A newline at the very end begins no line.
const withoutLastNewline = (text: string): string => text.replace(/\n$/, "");

/** What became of `before` in `after`, line by line. */
export const signedDiff = (before: string, after: string): SignedLine[] =>
  lineDiff(withoutLastNewline(before), withoutLastNewline(after)).map(({ kind, text }) => ({
    sign: SIGNS[kind],
    text,
  }));
