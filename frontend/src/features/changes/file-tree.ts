import type { DiffFile } from "@/api/types";

/** A row of the tree: a folder (several levels in one where there is nothing beside them), or a file in it. */
export type TreeRow =
  | { kind: "folder"; path: string; name: string; depth: number }
  | { kind: "file"; file: DiffFile; name: string; depth: number };

type Folder = { folders: Map<string, Folder>; files: { name: string; file: DiffFile }[] };

const newFolder = (): Folder => ({ folders: new Map(), files: [] });

function folderOf(files: readonly DiffFile[]): Folder {
  const root = newFolder();
  for (const file of files) {
    const names = file.path.split("/");
    const name = names.pop() ?? file.path;
    let at = root;
    for (const part of names) {
      const inside = at.folders.get(part) ?? newFolder();
      at.folders.set(part, inside);
      at = inside;
    }
    at.files.push({ name, file });
  }
  return root;
}

function rowsOf(folder: Folder, prefix: string, depth: number): TreeRow[] {
  const rows: TreeRow[] = [];
  for (const [first, child] of folder.folders) {
    let name = first;
    let inside = child;
    while (inside.files.length === 0 && inside.folders.size === 1) {
      const [next] = inside.folders;
      if (!next) break;
      name = `${name}/${next[0]}`;
      inside = next[1];
    }
    const path = `${prefix}${name}`;
    rows.push({ kind: "folder", path, name, depth }, ...rowsOf(inside, `${path}/`, depth + 1));
  }
  for (const { name, file } of folder.files) rows.push({ kind: "file", file, name, depth });
  return rows;
}

/** The changed files as a tree, folders first. */
export function treeOf(files: readonly DiffFile[]): readonly TreeRow[] {
  return rowsOf(folderOf(files), "", 0);
}

/** The files in the order of the tree. */
export function filesOf(rows: readonly TreeRow[]): readonly DiffFile[] {
  return rows.flatMap((row) => (row.kind === "file" ? [row.file] : []));
}
