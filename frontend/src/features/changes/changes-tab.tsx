import { IconChevronDown, IconRefresh } from "@tabler/icons-react";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";

import type { Diff } from "@/api/types";
import { formatNumber } from "@/lib/format";
import { onKey } from "@/lib/keys";
import { t } from "@/lib/messages";
import { IconButton } from "@/ui/icon-button";

import styles from "./changes-tab.module.css";
import { Counts } from "./counts";
import { FileDiff } from "./file-diff";
import { FileList } from "./file-list";
import { filesOf, treeOf } from "./file-tree";
import { LayoutChoice, useLayout } from "./layout-choice";
import { useViewed } from "./viewed";

type Props = {
  diff: Diff;
  /** The file that is read, from the address. */
  file: string | undefined;
  onFile: (path: string) => void;
  onRefresh: () => void;
};

const SHORT = 8;

function Remarks({ diff }: { diff: Diff }) {
  if (!diff.truncated) return null;
  const shown = diff.files.length;
  return (
    <p className={styles.leftOut}>
      {shown < diff.fileCount
        ? t.changes.leftOut(formatNumber(shown), formatNumber(diff.fileCount))
        : t.changes.partsLeftOut}
    </p>
  );
}

function Source({ diff: { source, base, baseCommit } }: { diff: Diff }) {
  const how = source === "never-run" || source === "branch-gone" ? "" : t.changes.source[source];
  const words = `${t.changes.against(base, baseCommit?.slice(0, SHORT) ?? "")}, ${how}`;
  return (
    <span className={styles.source} title={words}>
      {words}
    </span>
  );
}

/** `j` and `k` go to the next and the previous file, `v` says that it was viewed. */
function useChangesKeys(step: (by: 1 | -1) => void, toggle: () => void): void {
  const latest = useRef({ step, toggle });
  useEffect(() => {
    latest.current = { step, toggle };
  });
  useEffect(() => {
    const stops = [
      onKey("j", () => latest.current.step(1)),
      onKey("k", () => latest.current.step(-1)),
      onKey("v", () => latest.current.toggle()),
    ];
    return () => stops.forEach((stop) => stop());
  }, []);
}

/** Brings the chosen file to the top of the view, also when the page opens with one in its address. */
function useShowFile(file: string | undefined) {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (file === undefined) return;
    const chosen = [...(list.current?.children ?? [])].find(
      (child) => child instanceof HTMLElement && child.dataset["path"] === file,
    );
    chosen?.scrollIntoView({ block: "start" });
  }, [file]);
  return list;
}

/** Everything a card changed: the tree of its files, and their lines. */
export function ChangesTab({ diff, file, onFile, onRefresh }: Props) {
  const rows = useMemo(() => treeOf(diff.files), [diff.files]);
  const files = useMemo(() => filesOf(rows), [rows]);
  const { viewed, toggle } = useViewed(diff.cardId, diff.files);
  const { wide, layout, choose } = useLayout();
  const [opened, setOpened] = useState<ReadonlyMap<string, boolean>>(new Map());
  const [treeShown, setTreeShown] = useState(false);
  const list = useShowFile(file);
  const open = useCallback((path: string, isOpen: boolean) => {
    setOpened((before) => new Map(before).set(path, isOpen));
  }, []);
  const view = (path: string) => {
    open(path, viewed.has(path));
    toggle(path);
  };
  const chooseFile = (path: string) => {
    setTreeShown(false);
    onFile(path);
  };
  const step = (by: 1 | -1) => {
    const at = files.findIndex((each) => each.path === file);
    const next = files[at === -1 ? 0 : at + by];
    if (next) onFile(next.path);
  };
  useChangesKeys(step, () => {
    if (file !== undefined && files.some((each) => each.path === file)) view(file);
  });
  const count = t.changes.fileCount(
    formatNumber(diff.fileCount),
    formatNumber(viewed.size),
    diff.fileCount === 1,
  );
  return (
    <div className={styles.tab} data-tree={treeShown || undefined}>
      <div className={styles.bar}>
        <button
          type="button"
          className={styles.count}
          aria-expanded={treeShown}
          onClick={() => setTreeShown(!treeShown)}
        >
          {count}
          <IconChevronDown size={14} aria-hidden />
        </button>
        <span className={styles.countText}>{count}</span>
        <Counts additions={diff.additions} deletions={diff.deletions} />
        <Source diff={diff} />
        <IconButton label={t.changes.refresh} onClick={onRefresh}>
          <IconRefresh size={16} aria-hidden />
        </IconButton>
        {wide ? <LayoutChoice layout={layout} onChoose={choose} /> : null}
      </div>
      <nav className={styles.tree} aria-label={t.changes.files} title={t.changes.nextKeys}>
        <FileList rows={rows} chosen={file} viewed={viewed} onChoose={chooseFile} />
      </nav>
      <div className={styles.files} role="region" aria-label={t.changes.tab} data-scrolls tabIndex={0}>
        <Remarks diff={diff} />
        <div ref={list}>
          {files.map((each) => (
            <FileDiff
              key={each.path}
              file={each}
              split={layout === "split"}
              chosen={each.path === file}
              viewed={viewed.has(each.path)}
              open={opened.get(each.path) ?? !viewed.has(each.path)}
              onOpen={open}
              onViewed={view}
            />
          ))}
        </div>
      </div>
    </div>
  );
}
