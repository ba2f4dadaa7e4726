import { useEffect, useState } from "react";

import type { Entry } from "@/api/types";

import { texts } from "../log-texts";
import type { RowActions } from "../rows/row-actions";

export type WholeEntry = { entry: Entry | null; problem: string | null };

/** An entry that was cut on the wire, whole: read once it is `wanted`. */
export function useWholeEntry(sequence: number, read: RowActions["readWhole"], wanted: boolean): WholeEntry {
  const [whole, setWhole] = useState<WholeEntry>({ entry: null, problem: null });
  useEffect(() => {
    if (!wanted) return undefined;
    const controller = new AbortController();
    read(sequence, controller.signal)
      .then((entry) => setWhole({ entry, problem: null }))
      .catch((error: unknown) => {
        if (controller.signal.aborted) return;
        setWhole({ entry: null, problem: error instanceof Error ? error.message : texts.problem });
      });
    return () => controller.abort();
  }, [sequence, read, wanted]);
  return whole;
}
