/** Chosen lines: from the one that was named first to the one it was extended to, upwards or downwards. */
export type LineRange = { from: number; to: number };

export const firstOf = ({ from, to }: LineRange): number => Math.min(from, to);
export const lastOf = ({ from, to }: LineRange): number => Math.max(from, to);

export const holds = (range: LineRange | null, line: number): boolean =>
  range !== null && line >= firstOf(range) && line <= lastOf(range);

/** The lines in an address that ends in `#L12` or `#L12-L40`, or null. */
export function rangeIn(hash: string): LineRange | null {
  const match = /^#L(\d{1,15})(?:-L?(\d{1,15}))?$/.exec(hash);
  if (!match) return null;
  const from = Number(match[1]);
  const to = Number(match[2] ?? match[1]);
  return from > 0 && to > 0 ? { from, to } : null;
}

/** What stands at the end of the address for these lines. */
export function hashOf(range: LineRange): string {
  const [first, last] = [firstOf(range), lastOf(range)];
  return first === last ? `#L${first}` : `#L${first}-L${last}`;
}
