import { IconChevronDown, IconChevronRight } from "@tabler/icons-react";
import { memo, useState } from "react";

import type { DiffFile } from "@/api/types";
import { formatNumber } from "@/lib/format";
import { t } from "@/lib/messages";

import { Counts } from "./counts";
import { DiffTable } from "./diff-table";
import styles from "./file-diff.module.css";
import { FileSign } from "./file-list";
import { useNearView } from "./use-near-view";

/** More lines than this are shown when somebody asks for them. */
const MANY = 1_500;
const ROW = 20;

const lineCount = (file: DiffFile) => file.hunks.reduce((sum, hunk) => sum + hunk.lines.length, 0);

function Remark({ file }: { file: DiffFile }) {
  const { hunks, binary, truncated, additions } = file;
  const word =
    hunks.length > 0
      ? truncated && t.changes.cut
      : (binary && t.changes.binary) || (truncated && t.changes.tooLarge) || t.changes.onlyName;
  // A new file without a line has nothing to say about its content either.
  if (!word || (hunks.length === 0 && additions === 0 && file.status !== "renamed" && !truncated))
    return null;
  return <p className={styles.remark}>{word}</p>;
}

function Content({ file, split }: { file: DiffFile; split: boolean }) {
  const lines = lineCount(file);
  const [asked, setAsked] = useState(lines <= MANY);
  const { box, near, height } = useNearView(asked ? lines * ROW : 44);
  return (
    <div ref={box} style={near ? undefined : { height: height.current }}>
      {near && !asked ? (
        <button type="button" className={styles.more} onClick={() => setAsked(true)}>
          {t.changes.showLines(formatNumber(lines))}
        </button>
      ) : null}
      {near && asked && lines > 0 ? <DiffTable path={file.path} hunks={file.hunks} split={split} /> : null}
      {near ? <Remark file={file} /> : null}
    </div>
  );
}

type Props = {
  file: DiffFile;
  split: boolean;
  chosen: boolean;
  viewed: boolean;
  open: boolean;
  onOpen: (path: string, open: boolean) => void;
  onViewed: (path: string) => void;
};

/** One changed file: its name, its counts, whether it was viewed, and its lines when it is near the view. */
export const FileDiff = memo(function FileDiff(props: Props) {
  const { file, split, chosen, viewed, open, onOpen, onViewed } = props;
  const Chevron = open ? IconChevronDown : IconChevronRight;
  return (
    <section className={styles.file} data-path={file.path} data-chosen={chosen || undefined}>
      <header className={styles.header}>
        <button
          type="button"
          className={styles.fold}
          aria-expanded={open}
          aria-label={(open ? t.changes.fold : t.changes.unfold)(file.path)}
          onClick={() => onOpen(file.path, !open)}
        >
          <Chevron size={16} aria-hidden />
        </button>
        <FileSign status={file.status} />
        <h2 className={styles.name} title={file.path}>
          {file.path}
          {file.oldPath === null ? null : (
            <span className={styles.from}>{t.changes.renamedFrom(file.oldPath)}</span>
          )}
        </h2>
        <Counts additions={file.additions} deletions={file.deletions} />
        <label className={styles.viewed} title={t.changes.viewedKey}>
          <input type="checkbox" checked={viewed} onChange={() => onViewed(file.path)} />
          {t.changes.viewed}
        </label>
      </header>
      {open ? <Content file={file} split={split} /> : null}
    </section>
  );
});
