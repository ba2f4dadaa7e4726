import { useMemo, useState } from "react";

import type { DiffFile } from "@/api/types";

const PREFIX = "retoma-viewed-";

/** A short sign of what changed in a file: another one when anything in it is another. */
export function signOf(file: DiffFile): string {
  const text = JSON.stringify([file.status, file.oldPath, file.additions, file.deletions, file.hunks]);
  let sign = 0x81_1c_9d_c5;
  for (let index = 0; index < text.length; index += 1) {
    sign = Math.imul(sign ^ text.charCodeAt(index), 0x01_00_01_93);
  }
  return `${(sign >>> 0).toString(36)}-${text.length.toString(36)}`;
}

type Marks = Readonly<Record<string, string>>;

function read(cardId: string): Marks {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(PREFIX + cardId) ?? "{}");
    if (typeof stored !== "object" || stored === null) return {};
    return Object.fromEntries(
      Object.entries(stored).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
    );
  } catch {
    return {};
  }
}

function write(cardId: string, marks: Marks): void {
  try {
    if (Object.keys(marks).length === 0) localStorage.removeItem(PREFIX + cardId);
    else localStorage.setItem(PREFIX + cardId, JSON.stringify(marks));
  } catch {
    // A full storage costs the survival of a refresh, not what is on the screen.
  }
}

/** Which files of a card were viewed. A file that changed since is not: its mark is of what was seen. */
export function useViewed(cardId: string, files: readonly DiffFile[]) {
  const [marks, setMarks] = useState(() => read(cardId));
  const signs = useMemo(() => new Map(files.map((file) => [file.path, signOf(file)])), [files]);
  const viewed = useMemo(
    () => new Set([...signs].flatMap(([path, sign]) => (marks[path] === sign ? [path] : []))),
    [marks, signs],
  );
  const toggle = (path: string) => {
    const kept = Object.entries(marks).filter(([name]) => name !== path && signs.has(name));
    const sign = signs.get(path);
    if (!viewed.has(path) && sign !== undefined) kept.push([path, sign]);
    const next = Object.fromEntries(kept);
    write(cardId, next);
    setMarks(next);
  };
  return { viewed, toggle };
}
