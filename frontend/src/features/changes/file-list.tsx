import {
  IconCheck,
  IconFileArrowRight,
  IconFileDiff,
  IconFileMinus,
  IconFilePlus,
  IconFolder,
} from "@tabler/icons-react";

import type { DiffFile } from "@/api/types";
import { t } from "@/lib/messages";
import { VisuallyHidden } from "@/ui/visually-hidden";

import { Counts } from "./counts";
import styles from "./file-list.module.css";
import type { TreeRow } from "./file-tree";

const icons = {
  added: IconFilePlus,
  modified: IconFileDiff,
  deleted: IconFileMinus,
  renamed: IconFileArrowRight,
};

/** What became of a file: icon and word. */
export function FileSign({ status }: { status: DiffFile["status"] }) {
  const Icon = icons[status];
  return (
    <span className={styles.sign} data-status={status} title={t.changes.status[status]}>
      <Icon size={15} stroke={1.75} aria-hidden />
      <VisuallyHidden>{t.changes.status[status]}</VisuallyHidden>
    </span>
  );
}

type Props = {
  rows: readonly TreeRow[];
  chosen: string | undefined;
  viewed: ReadonlySet<string>;
  onChoose: (path: string) => void;
};

const indent = (depth: number) => ({ paddingLeft: 10 + depth * 14 });

/** The tree of changed files. */
export function FileList({ rows, chosen, viewed, onChoose }: Props) {
  return (
    <ul className={styles.list}>
      {rows.map((row) =>
        row.kind === "folder" ? (
          <li key={`${row.path}/`} className={styles.folder} style={indent(row.depth)} title={row.path}>
            <IconFolder size={15} stroke={1.75} aria-hidden />
            <span className={styles.name}>{row.name}</span>
          </li>
        ) : (
          <li key={row.file.path}>
            <button
              type="button"
              className={styles.file}
              style={indent(row.depth)}
              title={row.file.path}
              aria-current={row.file.path === chosen ? "true" : undefined}
              data-viewed={viewed.has(row.file.path) || undefined}
              onClick={() => onChoose(row.file.path)}
            >
              <FileSign status={row.file.status} />
              <span className={styles.name}>{row.name}</span>
              <Counts additions={row.file.additions} deletions={row.file.deletions} />
              {viewed.has(row.file.path) ? (
                <>
                  <IconCheck className={styles.check} size={14} aria-hidden />
                  <VisuallyHidden>{t.changes.viewed}</VisuallyHidden>
                </>
              ) : null}
            </button>
          </li>
        ),
      )}
    </ul>
  );
}
