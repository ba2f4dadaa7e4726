import { IconChevronRight } from "@tabler/icons-react";

import type { Entry } from "@/api/types";

import { firstLine, folded } from "./fold";
import type { Limit } from "./fold";
import { FoldableText } from "./foldable-text";
import type { RowActions } from "./row-actions";
import styles from "./log-row.module.css";

export const beginningOf = ({ content }: Entry): string =>
  folded(firstLine(content), { lines: 1, characters: 300 });

type Props = { entry: Entry; open: boolean; actions: RowActions; words: string; limit: Limit };

/** A text that is one line, its first, until it is opened. */
export function FoldedLine({ words, limit, ...props }: Props) {
  const { entry, open, actions } = props;
  return (
    <>
      <button
        type="button"
        className={styles.thinkingHead}
        aria-expanded={open}
        onClick={() => actions.toggle(entry.sequence)}
      >
        <IconChevronRight className={styles.chevron} aria-hidden />
        <span className={styles.count}>{words}</span>
        {open ? null : (
          <span className={styles.toolText} data-content="" data-content-length={entry.content.length}>
            {beginningOf(entry)}
          </span>
        )}
      </button>
      {open ? <FoldableText {...props} limit={limit} /> : null}
    </>
  );
}
