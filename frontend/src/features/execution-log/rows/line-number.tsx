import type { KeyboardEvent, MouseEvent } from "react";

import { texts } from "../log-texts";
import type { RowActions } from "./row-actions";
import styles from "./log-row.module.css";

/** The number of the line above or below, where it is on the page. */
function neighbourOf(number: Element, key: string): HTMLAnchorElement | null {
  const row = number.parentElement;
  const next = key === "ArrowUp" ? row?.previousElementSibling : row?.nextElementSibling;
  return next?.querySelector<HTMLAnchorElement>(":scope > [data-number]") ?? null;
}

type Props = { sequence: number; marked: boolean; actions: RowActions };

/**
 * The number of a line, which is a link to it. A click chooses the line, one with Shift all lines to it; from line to
 * line by the arrow keys, with Shift they are chosen on the way.
 */
export function LineNumber({ sequence, marked, actions }: Props) {
  const click = (event: MouseEvent) => {
    if (event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    if (event.shiftKey) actions.extend(sequence, sequence);
    else actions.choose(sequence);
  };
  const press = (event: KeyboardEvent<HTMLAnchorElement>) => {
    if ((event.key !== "ArrowUp" && event.key !== "ArrowDown") || event.ctrlKey || event.metaKey) return;
    const next = neighbourOf(event.currentTarget, event.key);
    if (!next) return;
    event.preventDefault();
    if (event.shiftKey) actions.extend(sequence, Number(next.textContent));
    next.focus();
  };
  return (
    <a
      className={styles.number}
      data-number=""
      href={`#L${sequence}`}
      aria-label={texts.linkTo(sequence)}
      aria-current={marked || undefined}
      // With Shift the browser would select the text between.
      onMouseDown={(event) => event.shiftKey && event.preventDefault()}
      onClick={click}
      onKeyDown={press}
    >
      {sequence}
    </a>
  );
}
