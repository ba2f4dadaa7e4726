import { formatNumber } from "@/lib/format";

const plural = (count: number, one: string, many: string) => (count === 1 ? one : many);

/** Bytes as people read them: 812 B, 41 kB, 1.2 MB. */
export function formatBytes(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${formatNumber(Math.round(bytes / 1_000))} kB`;
  return `${formatNumber(Math.round(bytes / 100_000) / 10)} MB`;
}

/** The texts of the log. */
export const texts = {
  log: "Log of the run",
  rail: "Place in the log",
  place: (first: number, last: number, head: number) =>
    `Lines ${formatNumber(first)}–${formatNumber(last)} of ${formatNumber(head)}`,
  linkTo: (sequence: number) => `Link to line ${sequence}`,
  loading: "Reading the log",
  empty: "Nothing has been said yet.",
  waiting: "Waiting for the first line.",
  gone: "This line is not kept any more.",
  follow: "Follow",
  toEnd: "To the end",
  unread: (count: number) => `${formatNumber(count)} new`,
  problem: "The log could not be read.",
  retry: "Try again",
  thinking: "thinking",
  lines: (count: number) => `${formatNumber(count)} ${plural(count, "line", "lines")}`,
  showLines: (count: number) => `Show all ${formatNumber(count)} lines`,
  showSize: (bytes: number) => `Show all (${formatBytes(bytes)})`,
  openAll: (bytes: number) => `Open all (${formatBytes(bytes)})`,
  showLess: "Show less",
  opening: "Reading all of it…",
  wholeText: (sequence: number) => `Whole text of line ${formatNumber(sequence)}`,
  noOutput: "no output",
  failed: "Failed",
  finished: "Finished",
  stopped: "Stopped",
  exit: (code: number) => `exit ${code}`,
  error: "Error",
  warning: "Warning",
  stderr: "stderr",
  invalid: "not valid UTF-8",
  asked: "Asked",
  noInput: "No input.",
  you: "You",
};
