import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from "react";

import { LogBuffer, PAGE_SIZE } from "./log-buffer";
import type { EntrySource } from "./log-source";
import { PageLoader, delayOf, isPassing } from "./page-loader";

export type Log = {
  buffer: LogBuffer;
  loader: PageLoader;
  /** The tail has been read: the head is known. */
  ready: boolean;
  /** What went wrong with the last call, or null. */
  problem: unknown;
  /** Asks again. */
  retry: () => void;
};

type Tail = { ready: boolean; again: () => void };

/** Reads the tail once; a call that got no answer is made again after a while. */
function useTail(buffer: LogBuffer, source: EntrySource, onProblem: (error: unknown) => void): Tail {
  const [ready, setReady] = useState(false);
  const again = useRef(() => {});
  useEffect(() => {
    const controller = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const read = async (failures: number): Promise<void> => {
      clearTimeout(timer);
      try {
        const tail = await source.readTail(PAGE_SIZE, controller.signal);
        buffer.start(tail.logs, tail.headSequence);
        onProblem(null);
        setReady(true);
      } catch (error) {
        if (controller.signal.aborted) return;
        onProblem(error);
        if (isPassing(error)) timer = setTimeout(() => void read(failures + 1), delayOf(failures));
      }
    };
    again.current = () => void read(0);
    void read(0);
    return () => {
      controller.abort();
      clearTimeout(timer);
    };
  }, [buffer, source, onProblem]);
  return { ready, again: useCallback(() => again.current(), []) };
}

/**
 * The log of one execution: first its tail, by one call; then, while it goes on, what comes live from there; and the
 * pages that the view asks `loader` for. `source` stays the same for as long as the component is there.
 */
export function useLog(source: EntrySource, live: boolean, headSequence: number): Log {
  const [buffer] = useState(() => new LogBuffer(undefined, source.placeOf));
  const [problem, setProblem] = useState<unknown>(null);
  const [loader] = useState(() => new PageLoader(buffer, source, setProblem));
  const { ready, again } = useTail(buffer, source, setProblem);

  // The last entries may come after the end of the run is known, so what was once followed stays followed.
  const [wasLive, setWasLive] = useState(live);
  if (live && !wasLive) setWasLive(true);
  useEffect(() => {
    if (!ready || !wasLive) return undefined;
    return source.follow(buffer.last, (entries) => void buffer.receive(entries));
  }, [buffer, source, ready, wasLive]);

  // Others may know of an entry before it is here. What is followed comes by itself, and need not be asked for.
  useEffect(() => {
    if (ready && !wasLive) buffer.raiseHead(headSequence);
  }, [buffer, ready, wasLive, headSequence]);
  useEffect(() => () => loader.stop(), [loader]);
  useSyncExternalStore(buffer.subscribe, () => buffer.version);

  const retry = useCallback(() => {
    setProblem(null);
    if (ready) loader.again();
    else again();
  }, [loader, ready, again]);
  return { buffer, loader, ready, problem, retry };
}
