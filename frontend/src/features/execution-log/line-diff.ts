/** A line of a change: taken away, added, or the same before and after. */
export type DiffLine = { sign: "-" | "+" | " "; text: string };

/** Cells of the table at most; a longer change is shown as all taken away, all added. */
const TABLE_LIMIT = 1_000_000;

function linesOf(text: string): string[] {
  if (text === "") return [];
  const lines = text.split("\n");
  // A newline at the very end begins no line.
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

const signed = (sign: DiffLine["sign"], lines: readonly string[]): DiffLine[] =>
  lines.map((text) => ({ sign, text }));

/** How many lines the ends of `before` from i and `after` from j have in common, for each i and j. */
function commonTails(before: readonly string[], after: readonly string[]): Uint16Array {
  const width = after.length + 1;
  const tails = new Uint16Array((before.length + 1) * width);
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      tails[i * width + j] =
        before[i] === after[j]
          ? (tails[(i + 1) * width + j + 1] ?? 0) + 1
          : Math.max(tails[(i + 1) * width + j] ?? 0, tails[i * width + j + 1] ?? 0);
    }
  }
  return tails;
}

function middleOf(before: readonly string[], after: readonly string[]): DiffLine[] {
  if ((before.length + 1) * (after.length + 1) > TABLE_LIMIT) {
    return [...signed("-", before), ...signed("+", after)];
  }
  const tails = commonTails(before, after);
  const width = after.length + 1;
  const lines: DiffLine[] = [];
  let i = 0;
  let j = 0;
  while (i < before.length && j < after.length) {
    if (before[i] === after[j]) {
      lines.push({ sign: " ", text: before[i] ?? "" });
      i++;
      j++;
    } else if ((tails[(i + 1) * width + j] ?? 0) >= (tails[i * width + j + 1] ?? 0)) {
      lines.push({ sign: "-", text: before[i++] ?? "" });
    } else {
      lines.push({ sign: "+", text: after[j++] ?? "" });
    }
  }
  return [...lines, ...signed("-", before.slice(i)), ...signed("+", after.slice(j))];
}

/** What became of `before` in `after`, line by line. */
export function lineDiff(before: string, after: string): DiffLine[] {
  const old = linesOf(before);
  const now = linesOf(after);
  const least = Math.min(old.length, now.length);
  let start = 0;
  while (start < least && old[start] === now[start]) start++;
  let end = 0;
  while (end < least - start && old.at(-1 - end) === now.at(-1 - end)) end++;
  return [
    ...signed(" ", old.slice(0, start)),
    ...middleOf(old.slice(start, old.length - end), now.slice(start, now.length - end)),
    ...signed(" ", old.slice(old.length - end)),
  ];
}
