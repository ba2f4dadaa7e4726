import { Suspense, lazy, memo } from "react";

import styles from "./log-row.module.css";
import { LogText } from "./log-text";
import { hasEscapes } from "./text-pieces";

const Markdown = lazy(() => import("@/ui/markdown").then((module) => ({ default: module.Markdown })));

/** Longer ones stay as they were written: nobody reads them, and they take a while. */
const LENGTH_LIMIT = 20_000;
/** Code, emphasis, a heading, a list, a quote, a table or a link. */
const MARKS = /`|\*\*|__|\]\(|^ {0,3}(?:#{1,6} |[-*+] |\d+[.)] |> |\|.*\|)/m;

/** Whether Markdown would show the text other than it is: most lines of an agent are plain, and plain is quick. */
export const isMarked = (text: string): boolean =>
  text.length <= LENGTH_LIMIT && MARKS.test(text) && !hasEscapes(text);

/** A message with its Markdown. `data-content-length` tells that its text is not shown character by character. */
export const MarkedText = memo(function MarkedText({ text }: { text: string }) {
  return (
    <div className={styles.marked} data-content="" data-content-length={text.length}>
      <Suspense fallback={<LogText text={text} />}>
        <Markdown text={text} />
      </Suspense>
    </div>
  );
});
