import { memo } from "react";

import type { DiffHunk } from "@/api/types";
import { t } from "@/lib/messages";
import { VisuallyHidden } from "@/ui/visually-hidden";

import { linesOf, pairsOf } from "./diff-rows";
import type { Line } from "./diff-rows";
import styles from "./diff-table.module.css";

const signs = { same: " ", added: "+", removed: "−", note: " " };

function Text({ line }: { line: Line }) {
  return (
    <td className={styles.text} data-kind={line.kind}>
      <span className={styles.sign}>{signs[line.kind]}</span>
      {line.parts.map(({ text, changed }, index) => (
        // The parts of a line never change their places.
        // oxlint-disable-next-line react/no-array-index-key
        <span key={index} className={changed ? styles.changed : undefined}>
          {text}
        </span>
      ))}
    </td>
  );
}

function Side({ line, number }: { line: Line | null; number: number | null }) {
  if (!line) {
    return (
      <td className={styles.nothing} colSpan={2}>
        {" "}
      </td>
    );
  }
  return (
    <>
      <td className={styles.number} data-kind={line.kind}>
        {number}
      </td>
      <Text line={line} />
    </>
  );
}

function HunkHeading({ hunk, columns }: { hunk: DiffHunk; columns: number }) {
  const place = `@@ −${hunk.oldStart},${hunk.oldLines} +${hunk.newStart},${hunk.newLines} @@`;
  return (
    <tr className={styles.hunk}>
      <td colSpan={columns}>
        {place} {hunk.section}
      </td>
    </tr>
  );
}

const Hunk = memo(function Hunk({ hunk, split }: { hunk: DiffHunk; split: boolean }) {
  const lines = linesOf(hunk);
  return (
    <tbody>
      <HunkHeading hunk={hunk} columns={split ? 4 : 3} />
      {/* oxlint-disable react/no-array-index-key -- the lines of a hunk never change their places */}
      {split
        ? pairsOf(lines).map(({ left, right }, index) => (
            <tr key={index}>
              <Side line={left} number={left?.old ?? null} />
              <Side line={right} number={right?.new ?? null} />
            </tr>
          ))
        : lines.map((line, index) => (
            <tr key={index}>
              <td className={styles.number} data-kind={line.kind}>
                {line.old}
              </td>
              <td className={styles.number} data-kind={line.kind}>
                {line.new}
              </td>
              <Text line={line} />
            </tr>
          ))}
      {/* oxlint-enable react/no-array-index-key */}
    </tbody>
  );
});

const unifiedColumns = () => [t.changes.oldLine, t.changes.newLine, t.changes.text];
const splitColumns = () => [t.changes.oldLine, t.changes.before, t.changes.newLine, t.changes.now];

type Props = { path: string; hunks: readonly DiffHunk[]; split: boolean };

/** The changed lines of one file, one below the other or side by side. */
export function DiffTable({ path, hunks, split }: Props) {
  const columns = split ? splitColumns() : unifiedColumns();
  return (
    <table className={styles.table} data-split={split || undefined} aria-label={t.changes.diffOf(path)}>
      <thead>
        <tr>
          {columns.map((name) => (
            <th key={name} scope="col">
              <VisuallyHidden>{name}</VisuallyHidden>
            </th>
          ))}
        </tr>
      </thead>
      {hunks.map((hunk) => (
        <Hunk key={`${hunk.oldStart} ${hunk.newStart}`} hunk={hunk} split={split} />
      ))}
    </table>
  );
}
