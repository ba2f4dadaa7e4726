import { useCallback, useMemo, useRef, useState } from "react";
import type { RefObject } from "react";

import { FilteredSource } from "./filtered-source";
import { FILTERS } from "./filters";
import type { FilterName } from "./filters";
import { LogBody } from "./log-body";
import { LogErrors } from "./log-errors";
import { LogFilter } from "./log-filter";
import { LogFind } from "./log-find";
import type { LogMoves } from "./log-moves";
import type { EntrySource, LogSource } from "./log-source";
import { LogMenuButton } from "./log-menu-button";
import { texts } from "./log-texts";
import { LogToolbar } from "./log-toolbar";
import { useFind } from "./use-find";
import { ERRORS, QUESTIONS, useMatches } from "./use-matches";
import { useViewSettings } from "./view-settings";
import styles from "./log-pane.module.css";

type Props = {
  source: LogSource;
  executionId: string;
  headSequence: number;
  live: boolean;
  startedAt: string | null;
};

/** The filter that is chosen, what it lets through, and where its view begins. */
function useFilter(source: LogSource, moves: RefObject<LogMoves | null>) {
  const [{ name, start }, choose] = useState<{ name: FilterName; start?: number | null }>({ name: "all" });
  const shown = useMemo<EntrySource>(
    () => (name === "all" ? source : new FilteredSource(source, FILTERS[name])),
    [source, name],
  );
  const show = (next: FilterName) => {
    // Another view of the same place.
    const at = moves.current?.shown();
    if (next !== name) choose({ name: next, start: !at || at.following ? null : at.first });
  };
  return { name, filter: FILTERS[name], shown, start, show };
}

/** The log with what searches it, filters it and steps through it. */
export function LogPane({ source, executionId, headSequence, live, startedAt }: Props) {
  const moves = useRef<LogMoves>(null);
  const { name, filter, shown, start, show } = useFilter(source, moves);
  const [settings, change] = useViewSettings();
  const [found, setFound] = useState<number | null>(null);
  const onFound = useCallback((line: number) => {
    setFound(line);
    moves.current?.goTo(line);
  }, []);
  const find = useFind({ source, filter, head: headSequence, moves, onFound });
  const wantedErrors = useMemo(() => (name === "all" ? ERRORS : { ...filter, ...ERRORS }), [name, filter]);
  const errors = useMatches(source, wantedErrors, headSequence);
  const questions = useMatches(source, QUESTIONS, headSequence);
  // The parts of the log that the ticks are about are the rail's only where nothing is left out.
  const ticks = useMemo(
    () => (name === "all" ? { errors, questions, found: find.matches } : null),
    [name, errors, questions, find.matches],
  );
  return (
    <section className={styles.pane} aria-label={texts.log}>
      <LogToolbar>
        <LogFilter shown={name} onShow={show} />
        <LogErrors
          source={source}
          wanted={wantedErrors}
          total={errors.total}
          moves={moves}
          found={found}
          onFound={onFound}
        />
        <LogFind find={find} onClose={() => moves.current?.focus()} />
        <LogMenuButton executionId={executionId} settings={settings} onChange={change} />
      </LogToolbar>
      <LogBody
        key={name}
        source={shown}
        headSequence={name === "all" ? headSequence : 0}
        live={live}
        start={start}
        moves={moves}
        found={found}
        query={find.query}
        settings={settings}
        startedAt={startedAt === null ? Number.NaN : Date.parse(startedAt)}
        ticks={ticks}
      />
    </section>
  );
}
