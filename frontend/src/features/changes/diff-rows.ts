import type { DiffHunk } from "@/api/types";

type Kind = "same" | "added" | "removed" | "note";

/** A piece of a line; `changed`: what makes it another than its partner on the other side. */
export type Part = { text: string; changed: boolean };

/** One line of one side. Numbers are null on the side that does not have it. */
export type Line = { kind: Kind; old: number | null; new: number | null; parts: readonly Part[] };

/** A row of the split view: what was there, and what is there. Null: nothing. */
export type Pair = { left: Line | null; right: Line | null };

const whole = (text: string): readonly Part[] => [{ text, changed: false }];

const kinds: Readonly<Record<string, Kind>> = { "+": "added", "-": "removed", "\\": "note" };

/** The lines of a hunk in the order of a unified diff, each with its numbers. */
export function linesOf(hunk: DiffHunk): readonly Line[] {
  let old = hunk.oldStart;
  let now = hunk.newStart;
  const lines = hunk.lines.map((raw): Line => {
    const kind = kinds[raw.charAt(0)] ?? "same";
    return {
      kind,
      old: kind === "same" || kind === "removed" ? old++ : null,
      new: kind === "same" || kind === "added" ? now++ : null,
      parts: whole(kind === "note" ? raw.slice(2) : raw.slice(1)),
    };
  });
  return marked(lines);
}

/** Where runs of removed lines stand before as many added ones: [first removed, first added, how many]. */
function replacements(lines: readonly Line[]): readonly [number, number, number][] {
  const found: [number, number, number][] = [];
  let at = 0;
  const run = (kind: Kind) => {
    const first = at;
    while (lines[at]?.kind === kind || (at > first && lines[at]?.kind === "note")) at += 1;
    return lines.slice(first, at).filter((line) => line.kind === kind).length;
  };
  while (at < lines.length) {
    const removedAt = at;
    const removed = run("removed");
    const addedAt = at;
    const added = run("added");
    if (removed > 0 && removed === added) found.push([removedAt, addedAt, removed]);
    if (removed + added === 0) at += 1;
  }
  return found;
}

/** Marks in lines that replace one another what is different; lines with little in common are left as they are. */
function marked(lines: readonly Line[]): readonly Line[] {
  const result = [...lines];
  for (const [removedAt, addedAt, count] of replacements(lines)) {
    for (let index = 0; index < count; index += 1) {
      const [before, after] = [result[removedAt + index], result[addedAt + index]];
      if (before?.kind !== "removed" || after?.kind !== "added") continue;
      const parts = difference(before.parts[0]?.text ?? "", after.parts[0]?.text ?? "");
      if (!parts) continue;
      result[removedAt + index] = { ...before, parts: parts[0] };
      result[addedAt + index] = { ...after, parts: parts[1] };
    }
  }
  return result;
}

/** Two texts in parts: the same beginning, what differs, the same end. Null where they share less than a third. */
function difference(one: string, other: string): [readonly Part[], readonly Part[]] | null {
  const shorter = Math.min(one.length, other.length);
  let begin = 0;
  while (begin < shorter && one[begin] === other[begin]) begin += 1;
  let end = 0;
  while (end < shorter - begin && one.at(-1 - end) === other.at(-1 - end)) end += 1;
  if ((begin + end) * 3 < Math.max(one.length, other.length)) return null;
  const cut = (text: string): readonly Part[] =>
    [
      { text: text.slice(0, begin), changed: false },
      { text: text.slice(begin, text.length - end), changed: true },
      { text: text.slice(text.length - end), changed: false },
    ].filter((part) => part.text !== "");
  return [cut(one), cut(other)];
}

/** The same lines side by side: what was removed beside what was added in its place. */
export function pairsOf(lines: readonly Line[]): readonly Pair[] {
  const pairs: Pair[] = [];
  let removed: Line[] = [];
  let added: Line[] = [];
  const flush = () => {
    for (let index = 0; index < Math.max(removed.length, added.length); index += 1) {
      pairs.push({ left: removed[index] ?? null, right: added[index] ?? null });
    }
    removed = [];
    added = [];
  };
  for (const line of lines) {
    if (line.kind === "removed") {
      if (added.length > 0) flush();
      removed.push(line);
    } else if (line.kind === "added") added.push(line);
    else if (line.kind === "note") (added.length > 0 ? added : removed).push(line);
    else {
      flush();
      pairs.push({ left: line, right: line });
    }
  }
  flush();
  return pairs;
}
