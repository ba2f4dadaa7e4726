import { IconAlertTriangle } from "@tabler/icons-react";
import { useMemo } from "react";

import type { Entry } from "@/api/types";
import { formatBytes, formatDuration, formatNumber } from "@/lib/format";
import { t } from "@/lib/messages";
import { VisuallyHidden } from "@/ui/visually-hidden";

import { truncatedBytes, wasCut } from "./fold";
import { texts } from "../log-texts";
import { changeOf, countsOf } from "./tool-change";
import type { Counts } from "./tool-change";
import styles from "./tool-row.module.css";

/** Seconds between a call and its result, where there is something to tell. */
export function secondsOf(call: Entry, result: Entry): number | null {
  const seconds = (Date.parse(result.timestamp) - Date.parse(call.timestamp)) / 1_000;
  return seconds >= 1 ? seconds : null;
}

/** Signs for the eye, words for the ear. */
function Changed({ added, removed }: Counts) {
  const plus = formatNumber(added);
  const minus = formatNumber(removed);
  return (
    <span className={styles.counts}>
      <span aria-hidden>
        {added > 0 ? <span data-sign="+">+{plus}</span> : null}{" "}
        {removed > 0 ? <span data-sign="-">−{minus}</span> : null}
      </span>
      <VisuallyHidden>{`${t.tool.added(plus)}, ${t.tool.removed(minus)}`}</VisuallyHidden>
    </span>
  );
}

function End({ call, result }: { call: Entry; result: Entry }) {
  const { data, content } = result;
  const exitCode = data?.["exitCode"];
  const failed = data?.["isError"] === true;
  const seconds = secondsOf(call, result);
  const word = failed ? texts.failed : t.tool.ok;
  const facts = [
    content === "" ? null : formatBytes(truncatedBytes(result) ?? content.length),
    failed && typeof exitCode === "number" ? texts.exit(exitCode) : word,
    seconds === null ? null : formatDuration(seconds),
  ];
  return (
    <span className={styles.end} data-failed={failed || undefined}>
      {failed ? <IconAlertTriangle aria-hidden /> : null}
      {facts.filter((fact) => fact !== null).join(" · ")}
    </span>
  );
}

/** What came of a tool call, in a few words at the end of its line. */
export function ToolOutcome({ call, result }: { call: Entry; result: Entry | undefined }) {
  const counts = useMemo(
    // Of a change that was cut on the wire nobody knows how long it is.
    () => countsOf(wasCut(call) && !result?.data?.["structuredPatch"] ? [] : changeOf(call, result)),
    [call, result],
  );
  return (
    <>
      {counts.added + counts.removed > 0 ? <Changed {...counts} /> : null}
      {result ? <End call={call} result={result} /> : null}
    </>
  );
}
