import { useSyncExternalStore } from "react";

// One timer for every ticking duration on the page, and none while nothing ticks.
const listeners = new Set<() => void>();
let now = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    now = Date.now();
    for (const each of listeners) each();
  }, 1_000);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

function current(): number {
  if (timer === undefined) now = Date.now();
  return now;
}

const idle = () => () => {};

/** The time in ms since the epoch, renewed each second while `ticking`. */
export function useNow(ticking: boolean): number {
  return useSyncExternalStore(ticking ? subscribe : idle, ticking ? current : frozen);
}

const started = Date.now();
const frozen = () => started;
