import { useEffect, useState } from "react";
import { flushSync } from "react-dom";

import { formatNumber } from "@/lib/format";
import { t } from "@/lib/messages";

import type { LogBuffer } from "./entries/log-buffer";
import { LogRow } from "./rows/log-row";
import type { RowActions } from "./rows/row-actions";
import styles from "./printed-log.module.css";

/** Some sixty sheets of paper. */
const ENTRIES_PRINTED = 3_000;

/** Whether the page is being printed. The answer is on the page before the browser lays out the paper. */
function usePrinting(): boolean {
  const [printing, setPrinting] = useState(false);
  useEffect(() => {
    const media = window.matchMedia("print");
    const set = (now: boolean) => flushSync(() => setPrinting(now));
    const change = () => set(media.matches);
    const begin = () => set(true);
    media.addEventListener("change", change);
    window.addEventListener("beforeprint", begin);
    window.addEventListener("afterprint", change);
    return () => {
      media.removeEventListener("change", change);
      window.removeEventListener("beforeprint", begin);
      window.removeEventListener("afterprint", change);
    };
  }, []);
  return printing;
}

const nothing = () => {};

type Props = { buffer: LogBuffer; open: ReadonlySet<number>; actions: RowActions };

function Sheets({ buffer, open, actions }: Props) {
  const entries = buffer.held(ENTRIES_PRINTED);
  const [first, last] = [entries[0]?.sequence ?? 0, entries.at(-1)?.sequence ?? 0];
  return (
    <div className={styles.printed}>
      <p>
        {t.print.place(formatNumber(first), formatNumber(last), formatNumber(buffer.head))} {t.print.whole}
      </p>
      {entries.map((entry, row) => (
        <LogRow
          key={entry.sequence}
          sequence={entry.sequence}
          row={row}
          entry={entry}
          result={buffer.resultOf(entry.sequence)}
          open={open.has(entry.sequence)}
          marked={false}
          measure={nothing}
          actions={actions}
        />
      ))}
    </div>
  );
}

/** On paper there is no window to scroll: what has been read of the log, in full. */
export function PrintedLog(props: Props) {
  return usePrinting() ? <Sheets {...props} /> : null;
}
