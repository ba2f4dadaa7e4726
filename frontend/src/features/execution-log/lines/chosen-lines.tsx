import { Suspense, lazy, useCallback } from "react";
import type { RefObject } from "react";

import { firstOf, lastOf } from "./line-range";
import type { LogSource } from "../entries/log-source";
import type { LineHash } from "./use-line-hash";
import type { LogScroll } from "../window/use-log-window";
import type { Rows } from "../rows/use-row-actions";

const ChosenBar = lazy(() => import("./chosen-bar").then((module) => ({ default: module.ChosenBar })));

type Chosen = {
  executionId: string;
  readText: LogSource["readText"];
  /** The lines that the address names. */
  hash: LineHash;
  scroll: LogScroll;
  /** The last line that is known of. */
  known: number;
  filtered: boolean;
  rows: Rows;
  root: RefObject<HTMLElement | null>;
};

/** What can be done with the chosen lines, as far as the log has them. */
export function ChosenLines({ executionId, readText, hash, scroll, known, filtered, rows, root }: Chosen) {
  const { choose, chosen } = hash;
  const { setExtending, extending } = rows;
  const { box } = scroll;
  const clear = useCallback(
    (hadFocus: boolean) => {
      choose(null);
      setExtending(false);
      if (hadFocus) box.current?.focus({ preventScroll: true });
    },
    [choose, setExtending, box],
  );
  if (!chosen || firstOf(chosen) > known) return null;
  return (
    <Suspense>
      <ChosenBar
        {...{ executionId, readText, filtered, root, extending }}
        first={firstOf(chosen)}
        last={Math.min(lastOf(chosen), known)}
        onExtend={setExtending}
        onClear={clear}
      />
    </Suspense>
  );
}
