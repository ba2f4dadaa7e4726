import { useCallback, useState } from "react";

export const timeModes = ["absolute", "relative", "hidden"] as const;

/** How the reader wants every log shown; kept in this browser. */
export type ViewSettings = { wrap: boolean; times: (typeof timeModes)[number] };

export const timeModeOf = (name: unknown): ViewSettings["times"] =>
  timeModes.find((mode) => mode === name) ?? "absolute";

const KEY = "retoma.log.view";
const FIRST: ViewSettings = { wrap: true, times: "absolute" };

export function readSettings(): ViewSettings {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? "{}");
    if (typeof kept !== "object" || kept === null) return FIRST;
    const times = timeModeOf("times" in kept ? kept.times : undefined);
    return { wrap: !("wrap" in kept && kept.wrap === false), times };
  } catch {
    // Nothing kept, or no storage: as at first.
    return FIRST;
  }
}

export function useViewSettings(): [ViewSettings, (change: Partial<ViewSettings>) => void] {
  const [settings, setSettings] = useState(readSettings);
  const change = useCallback(
    (changed: Partial<ViewSettings>) => {
      const next = { ...settings, ...changed };
      setSettings(next);
      try {
        localStorage.setItem(KEY, JSON.stringify(next));
      } catch {
        // No storage: it holds as long as the page.
      }
    },
    [settings],
  );
  return [settings, change];
}
