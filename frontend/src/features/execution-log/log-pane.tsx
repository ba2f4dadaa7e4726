import { useCallback, useMemo, useRef, useState } from "react";

import type { Wanted } from "@/api/logs";

import { FILTERS, hasQuestions } from "./toolbar/filters";
import type { FilterName } from "./toolbar/filters";
import { LogBody } from "./log-body";
import { LogErrors } from "./toolbar/log-errors";
import { LogFilter } from "./toolbar/log-filter";
import { LogFind } from "./toolbar/log-find";
import { LogMenuButton } from "./toolbar/log-menu-button";
import type { LogMoves } from "./log-moves";
import type { LogSource } from "./entries/log-source";
import { texts } from "./log-texts";
import { LogToolbar } from "./toolbar/log-toolbar";
import { useFilter } from "./toolbar/use-filter";
import { useFind } from "./search/use-find";
import { useLineHash } from "./lines/use-line-hash";
import { ERRORS, QUESTIONS, useMatches } from "./window/use-matches";
import type { Found } from "./search/use-revealed";
import { useViewSettings } from "./toolbar/view-settings";
import styles from "./log-pane.module.css";

type Props = {
  source: LogSource;
  executionId: string;
  headSequence: number;
  live: boolean;
  startedAt: string | null;
};

/** What the ticks of the rail are about, at their places among the entries that are shown. */
function useTicks(source: LogSource, name: FilterName, head: number) {
  const filter = FILTERS[name];
  const wantedErrors = useMemo<Wanted>(() => ({ ...filter, ...ERRORS }), [filter]);
  const errors = useMatches(source, wantedErrors, filter, head);
  const questions = useMatches(source, hasQuestions(name) ? QUESTIONS : null, filter, head);
  return { wantedErrors, errors, questions };
}

/** The log with what searches it, filters it and steps through it. */
export function LogPane({ source, executionId, headSequence, live, startedAt }: Props) {
  const moves = useRef<LogMoves>(null);
  const { name, filter, shown, start, show, visit } = useFilter(source, moves);
  const hash = useLineHash(visit);
  const [settings, change] = useViewSettings();
  const [found, setFound] = useState<Found | null>(null);
  const onFound = useCallback((line: number, query = "") => {
    setFound({ line, query });
    moves.current?.goTo(line);
  }, []);
  const find = useFind({ source, filter, head: headSequence, moves, onFound });
  const { wantedErrors, errors, questions } = useTicks(source, name, headSequence);
  const ticks = useMemo(
    // Where errors alone are shown, every line is one.
    () => ({ errors: name === "errors" ? null : errors, questions, found: find.matches }),
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
          found={found?.line ?? null}
          onFound={onFound}
        />
        <LogFind find={find} onClose={() => moves.current?.focus()} />
        <LogMenuButton executionId={executionId} settings={settings} onChange={change} />
      </LogToolbar>
      <LogBody
        key={name}
        source={shown}
        executionId={executionId}
        headSequence={headSequence}
        live={live}
        start={start}
        moves={moves}
        hash={hash}
        readText={source.readText}
        found={found}
        query={find.query}
        settings={settings}
        startedAt={startedAt === null ? Number.NaN : Date.parse(startedAt)}
        ticks={ticks}
      />
    </section>
  );
}
