import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { RefObject } from "react";

import type { Filter, Wanted } from "@/api/logs";

import type { LogMoves } from "../log-moves";
import type { LogSource } from "../entries/log-source";
import { stepAfter, stepBefore, stepTo } from "./steps";
import type { Step } from "./steps";
import { useMatches } from "../window/use-matches";
import type { Matches } from "../window/use-matches";

const TYPING_MS = 200;

export type Find = {
  query: string;
  type: (query: string) => void;
  matches: Matches;
  /** Which of the matches was gone to, or null. */
  n: number | null;
  next: () => void;
  previous: () => void;
};

type Options = {
  source: LogSource;
  filter: Filter;
  head: number;
  moves: RefObject<LogMoves | null>;
  onFound: (line: number, query: string) => void;
};

/** The next match after the n-th; from nowhere, the first from the top of the screen on. Behind the last comes the first. */
async function forwards(options: Options, wanted: Wanted, n: number | null, signal: AbortSignal) {
  const { find } = options.source;
  const first = options.moves.current?.shown().first ?? 1;
  const step = n === null ? stepAfter(find, wanted, first - 1, signal) : stepTo(find, wanted, n + 1, signal);
  return (await step) ?? stepTo(find, wanted, 1, signal);
}

async function backwards(options: Options, wanted: Wanted, n: number | null, signal: AbortSignal) {
  const { find } = options.source;
  const last = options.moves.current?.shown().last ?? 0;
  const step: Promise<Step | null> =
    n === null
      ? stepBefore(find, wanted, last + 1, signal)
      : n > 1
        ? stepTo(find, wanted, n - 1, signal)
        : Promise.resolve(null);
  const found = await step;
  if (found) return found;
  const { total } = await find(wanted, { limit: 0 }, signal);
  return total > 0 ? stepTo(find, wanted, total, signal) : null;
}

/** The search in the whole log: the server counts, and tells where the n-th match is. */
export function useFind(options: Options): Find {
  const { source, filter, head, onFound } = options;
  const [query, setQuery] = useState("");
  const [asked, setAsked] = useState("");
  const [at, setAt] = useState<{ n: number; filter: Wanted } | null>(null);
  const n = at?.filter === filter ? at.n : null;
  useEffect(() => {
    const timer = setTimeout(() => setAsked(query.trim()), TYPING_MS);
    return () => clearTimeout(timer);
  }, [query]);
  const wanted = useMemo(() => (asked === "" ? null : { ...filter, q: asked }), [asked, filter]);
  const matches = useMatches(source, wanted, filter, head);

  const running = useRef(new AbortController());
  useEffect(() => () => running.current.abort(), []);
  const go = (move: typeof forwards) => {
    const q = query.trim();
    if (q === "") return;
    setAsked(q);
    running.current.abort();
    const { signal } = (running.current = new AbortController());
    move(options, { ...filter, q }, n, signal)
      .then((step) => {
        if (signal.aborted || !step) return;
        setAt({ n: step.n, filter });
        onFound(step.line, q);
      })
      // The log's own calls say what is wrong with the server.
      .catch(() => {});
  };
  return {
    query,
    type: useCallback((text: string) => {
      running.current.abort();
      setAt(null);
      setQuery(text);
    }, []),
    matches,
    n,
    next: () => go(forwards),
    previous: () => go(backwards),
  };
}
