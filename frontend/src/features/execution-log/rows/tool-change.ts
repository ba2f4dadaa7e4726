import type { Entry } from "@/api/types";
import { fieldsOf } from "@/lib/fields";
import type { Fields } from "@/lib/fields";

import { wasCut } from "./fold";
import { signedDiff } from "./signed-diff";
import type { SignedLine } from "./signed-diff";

/** Lines that belong together; `line` is the number of the first one in the file afterwards, where it is known. */
export type Hunk = { line: number | null; lines: SignedLine[] };

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

function replaced(edit: Fields | null): Hunk[] {
  const { old_string: before, new_string: after } = edit ?? {};
  if (typeof before !== "string" || typeof after !== "string") return [];
  return [{ line: null, lines: signedDiff(before, after) }];
}

/** The change that a tool call asks for: one text for another, several of them, or a whole file. */
function asked({ data }: Entry): Hunk[] {
  const input = fieldsOf(data?.["input"]);
  if (!input) return [];
  const edits = [input, ...listOf(input["edits"]).map(fieldsOf)].flatMap(replaced);
  if (edits.length > 0) return edits;
  const written = input["content"];
  const named = typeof input["file_path"] === "string";
  return named && typeof written === "string" ? [{ line: 1, lines: signedDiff("", written) }] : [];
}

function hunkOf(value: unknown): Hunk[] {
  const hunk = fieldsOf(value);
  const lines = listOf(hunk?.["lines"]).flatMap((line): SignedLine[] => {
    if (typeof line !== "string") return [];
    const sign = line[0];
    return sign === "-" || sign === "+" || sign === " " ? [{ sign, text: line.slice(1) }] : [];
  });
  const start = hunk?.["newStart"];
  return lines.length > 0 ? [{ line: typeof start === "number" ? start : null, lines }] : [];
}

/** What a tool call changed: as its result tells it, with the lines around it, else as the call asks for it. */
export function changeOf(call: Entry, result: Entry | undefined): Hunk[] {
  const told = result && !wasCut(result) ? listOf(result.data?.["structuredPatch"]).flatMap(hunkOf) : [];
  return told.length > 0 ? told : asked(call);
}

export type Counts = { added: number; removed: number };

export function countsOf(hunks: readonly Hunk[]): Counts {
  const counts = { added: 0, removed: 0 };
  for (const { lines } of hunks) {
    for (const { sign } of lines) {
      if (sign === "+") counts.added++;
      else if (sign === "-") counts.removed++;
    }
  }
  return counts;
}
