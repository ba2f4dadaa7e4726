import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { RefObject } from "react";

import { formatNumber } from "@/lib/format";
import { t } from "@/lib/messages";
import { notify } from "@/lib/notices";

import { FilteredSource } from "../entries/filtered-source";
import { FILTERS } from "./filters";
import type { FilterName } from "./filters";
import type { LogMoves } from "../log-moves";
import type { EntrySource, LogSource } from "../entries/log-source";

/** The filter that is chosen, what it lets through, and where its view begins. */
export function useFilter(source: LogSource, moves: RefObject<LogMoves | null>) {
  const [{ name, start }, choose] = useState<{ name: FilterName; start?: number | null }>({ name: "all" });
  const shown = useMemo<EntrySource>(
    () => (name === "all" ? source : new FilteredSource(source, FILTERS[name])),
    [source, name],
  );
  const asked = useRef(new AbortController());
  useEffect(() => () => asked.current.abort(), []);
  const show = (next: FilterName) => {
    // A line that is still asked for would take the filter away again.
    asked.current.abort();
    // Another view of the same place.
    const at = moves.current?.shown();
    if (next !== name) choose({ name: next, start: !at || at.following ? null : at.first });
  };

  /** Goes to a line that was asked for by its number; a filter that hides it goes. */
  const visit = useCallback(
    (line: number) => {
      asked.current.abort();
      const { signal } = (asked.current = new AbortController());
      const goTo = () => moves.current?.goTo(line);
      if (name === "all") {
        goTo();
        return;
      }
      source
        .find(FILTERS[name], { after: line - 1, limit: 1 }, signal)
        .then(({ items }) => {
          if (signal.aborted) return;
          if (items[0]?.sequence === line) {
            goTo();
            return;
          }
          choose({ name: "all", start: line });
          notify("done", t.logLines.filterOff(formatNumber(line)));
        })
        // The log's own calls say what is wrong with the server.
        .catch(() => {});
    },
    [source, name, moves],
  );
  return { name, filter: FILTERS[name], shown, start, show, visit };
}
