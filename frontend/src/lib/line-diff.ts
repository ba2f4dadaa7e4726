type Line = { kind: "same" | "removed" | "added"; text: string };
/** A line and its place in the difference. */
export type DiffLine = Line & { at: number };

/** Above so many pairs of lines an exact difference would be felt: then all that differs is told as it stands. */
const MOST_PAIRS = 1_000_000;

/** Length of the longest common sequence of lines from each place on, row by row. */
function commonLengths(before: readonly string[], after: readonly string[]): Uint32Array {
  const width = after.length + 1;
  const lengths = new Uint32Array((before.length + 1) * width);
  for (let i = before.length - 1; i >= 0; i -= 1) {
    for (let j = after.length - 1; j >= 0; j -= 1) {
      lengths[i * width + j] =
        before[i] === after[j]
          ? (lengths[(i + 1) * width + j + 1] ?? 0) + 1
          : Math.max(lengths[(i + 1) * width + j] ?? 0, lengths[i * width + j + 1] ?? 0);
    }
  }
  return lengths;
}

const all = (kind: Line["kind"], lines: readonly string[]): Line[] => lines.map((text) => ({ kind, text }));

function middleDiff(before: readonly string[], after: readonly string[]): Line[] {
  if (before.length * after.length > MOST_PAIRS) return [...all("removed", before), ...all("added", after)];
  const lengths = commonLengths(before, after);
  const width = after.length + 1;
  const result: Line[] = [];
  let i = 0;
  let j = 0;
  while (i < before.length && j < after.length) {
    const [one = "", other = ""] = [before[i], after[j]];
    if (one === other) {
      result.push({ kind: "same", text: one });
      i += 1;
      j += 1;
    } else if ((lengths[(i + 1) * width + j] ?? 0) >= (lengths[i * width + j + 1] ?? 0)) {
      result.push({ kind: "removed", text: one });
      i += 1;
    } else {
      result.push({ kind: "added", text: other });
      j += 1;
    }
  }
  return [...result, ...all("removed", before.slice(i)), ...all("added", after.slice(j))];
}

/** What has to be taken out of one text and put in to get the other, line by line. */
export function lineDiff(before: string, after: string): DiffLine[] {
  const one = before === "" ? [] : before.split("\n");
  const other = after === "" ? [] : after.split("\n");
  const shorter = Math.min(one.length, other.length);
  let head = 0;
  while (head < shorter && one[head] === other[head]) head += 1;
  let tail = 0;
  while (tail < shorter - head && one.at(-1 - tail) === other.at(-1 - tail)) tail += 1;
  const lines = [
    ...all("same", one.slice(0, head)),
    ...middleDiff(one.slice(head, one.length - tail), other.slice(head, other.length - tail)),
    ...all("same", one.slice(one.length - tail)),
  ];
  return lines.map(({ kind, text }, at) => ({ kind, text, at }));
}

/** A piece of a difference: lines to be shown, or a number of equal ones that need not be. */
export type DiffPart = { at: number; lines: DiffLine[] } | { at: number; skipped: number };

const AROUND = 2;
/** Fewer equal lines than that are shown: their place is not worth a note. */
const WORTH = 4;

/** The difference without the equal lines that are far from any change. */
export function foldedDiff(lines: readonly DiffLine[]): DiffPart[] {
  const near = (at: number) =>
    lines.slice(Math.max(0, at - AROUND), at + AROUND + 1).some(({ kind }) => kind !== "same");
  const parts: DiffPart[] = [];
  let at = 0;
  while (at < lines.length) {
    const shown = near(at);
    let end = at + 1;
    while (end < lines.length && near(end) === shown) end += 1;
    if (shown || end - at < WORTH) parts.push({ at, lines: lines.slice(at, end) });
    else parts.push({ at, skipped: end - at });
    at = end;
  }
  return parts;
}
