import type { Entry } from "@/api/types";

import { countLines, folded, truncatedBytes } from "./fold";
import type { Limit } from "./fold";
import { LogText } from "./log-text";
import { texts } from "../log-texts";
import { hasEscapes } from "./text-pieces";
import { WholeText } from "./whole-text";
import type { RowActions } from "./row-actions";
import styles from "./log-row.module.css";

type Props = {
  entry: Entry;
  limit: Limit;
  open: boolean;
  actions: RowActions;
};

function openWord(text: string, shown: string, bytes: number | null): string {
  if (bytes !== null) return texts.openAll(bytes);
  const lines = countLines(text);
  return lines > countLines(shown) ? texts.showLines(lines) : texts.showSize(text.length);
}

/**
 * An entry's content; a long one shows its beginning until it is opened, and one that was cut on the wire is then read
 * whole. `data-content-length` tells how long the content is where less of it is shown.
 */
export function FoldableText({ entry, limit, open, actions }: Props) {
  const { sequence, content } = entry;
  const beginning = folded(content, limit);
  const bytes = truncatedBytes(entry);
  const foldable = beginning !== content || bytes !== null;
  const toggle = foldable ? (
    <button
      type="button"
      className={styles.more}
      aria-expanded={open}
      onClick={() => actions.toggle(sequence)}
    >
      {open ? texts.showLess : openWord(content, beginning, bytes)}
    </button>
  ) : null;
  if (open && bytes !== null) {
    return (
      <>
        <WholeText sequence={sequence} read={actions.readWhole} />
        {toggle}
      </>
    );
  }
  const shown = open ? content : beginning;
  return (
    <>
      <div
        className={styles.text}
        data-content=""
        data-content-length={shown === content ? undefined : content.length}
        data-escapes={hasEscapes(content) || undefined}
      >
        <LogText text={shown} />
      </div>
      {toggle}
    </>
  );
}
