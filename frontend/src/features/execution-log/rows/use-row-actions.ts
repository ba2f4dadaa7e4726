import { useCallback, useEffect, useMemo, useRef, useState } from "react";

import type { EntrySource } from "../entries/log-source";
import type { RowActions } from "./row-actions";
import type { LineHash } from "../lines/use-line-hash";
import type { LogScroll } from "../window/use-log-window";

export type Rows = {
  /** Which entries are open. */
  open: ReadonlySet<number>;
  actions: RowActions;
  /** The next line that is chosen extends what is chosen: fingers have no Shift. */
  extending: boolean;
  setExtending: (extending: boolean) => void;
};

/** Opens and folds entries, and keeps the view where the reader looks. */
function useOpen({ box, stay }: LogScroll, goTo: (line: number) => void) {
  const [open, setOpen] = useState<ReadonlySet<number>>(new Set());
  const toggle = useCallback(
    (sequence: number) => {
      // What is opened at the end would push itself out of the view.
      stay();
      setOpen((known) => {
        const next = new Set(known);
        if (!next.delete(sequence)) next.add(sequence);
        return next;
      });
      // A long entry that is folded from its end goes back to its beginning.
      const row = box.current?.querySelector(`[data-sequence="${sequence}"]`);
      const top = box.current?.getBoundingClientRect().top ?? 0;
      if (row && row.getBoundingClientRect().top < top - 1) goTo(sequence);
    },
    [box, stay, goTo],
  );
  return { open, toggle };
}

/** What the rows ask of the log. */
export function useRowActions(
  source: EntrySource,
  scroll: LogScroll,
  { choose, extend }: LineHash,
  goTo: (line: number) => void,
): Rows {
  const { open, toggle } = useOpen(scroll, goTo);
  const { letGo } = scroll;
  const [extending, setExtending] = useState(false);
  const extendsNow = useRef(extending);
  useEffect(() => {
    extendsNow.current = extending;
  });
  const actions = useMemo<RowActions>(() => {
    const extendTo: RowActions["extend"] = (from, to) => {
      letGo();
      extend(from, to);
      setExtending(false);
    };
    return {
      toggle,
      choose: (line) => {
        letGo();
        if (extendsNow.current) extendTo(line, line);
        else choose({ from: line, to: line });
      },
      extend: extendTo,
      readWhole: source.readWhole,
    };
  }, [toggle, choose, extend, letGo, source]);
  return { open, actions, extending, setExtending };
}
