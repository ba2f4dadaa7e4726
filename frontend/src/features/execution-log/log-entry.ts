/** One entry of an execution's log, as it comes over the wire. Its place, `sequence`, runs 1, 2, 3 … without a gap. */
export interface LogEntry {
  sequence: number;
  /** RFC 3339 UTC. */
  timestamp: string;
  type: string;
  kind: string;
  content: string;
  data: Record<string, unknown> | null;
}

/** What one page call answers. `nextAfter` is null where nothing follows. */
export interface LogPage {
  headSequence: number;
  logs: LogEntry[];
  nextAfter: number | null;
}

/** Sequences from `first` to `last`, both included. */
export interface Range {
  first: number;
  last: number;
}

/** Length in bytes of the stored content where the wire carried only its beginning, else null. */
export function truncatedBytes(entry: LogEntry): number | null {
  const bytes = entry.data?.["truncatedBytes"];
  return typeof bytes === "number" ? bytes : null;
}
