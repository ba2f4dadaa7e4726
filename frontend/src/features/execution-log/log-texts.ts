import { formatBytes, formatNumber } from "@/lib/format";
import { t } from "@/lib/messages";

const words = t.logView;

/** The texts of the log, with their numbers written as the reader's language does. */
export const texts = {
  ...words,
  place: (first: number, last: number, head: number) =>
    words.place(formatNumber(first), formatNumber(last), formatNumber(head)),
  linkTo: (sequence: number) => words.linkTo(String(sequence)),
  unread: (count: number) => words.unread(formatNumber(count)),
  lines: (count: number) => words.lines(count, formatNumber(count)),
  showLines: (count: number) => words.showLines(formatNumber(count)),
  showSize: (bytes: number) => words.showSize(formatBytes(bytes)),
  openAll: (bytes: number) => words.openAll(formatBytes(bytes)),
  wholeText: (sequence: number) => words.wholeText(formatNumber(sequence)),
  exit: (code: number) => words.exit(String(code)),
};
