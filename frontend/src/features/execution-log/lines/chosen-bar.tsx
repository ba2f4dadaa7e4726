import { IconCopy, IconDownload, IconLink, IconX } from "@tabler/icons-react";
import { useCallback, useEffect, useMemo, useRef } from "react";
import type { RefObject } from "react";

import { textAddress } from "@/api/logs";
import { copyText } from "@/lib/clipboard";
import { formatNumber } from "@/lib/format";
import { t } from "@/lib/messages";
import { announce, notify } from "@/lib/notices";
import { IconButton } from "@/ui/icon-button";

import type { LogSource } from "../entries/log-source";
import { LINES_COPIED, useCopyLines } from "./use-copy-lines";
import { belongsTo } from "../use-log-keys";
import styles from "./chosen-bar.module.css";

const words = t.logLines;
const icon = { size: 15, "aria-hidden": true } as const;

type Props = {
  executionId: string;
  first: number;
  last: number;
  /** Some of the lines may be filtered out. */
  filtered: boolean;
  readText: LogSource["readText"];
  extending: boolean;
  onExtend: (extending: boolean) => void;
  /** `hadFocus`: the keyboard was in this bar, which goes. */
  onClear: (hadFocus: boolean) => void;
  /** The log: its Escape clears, its Ctrl+C or ⌘C copies. */
  root: RefObject<HTMLElement | null>;
};

function useKeys(boxes: readonly Props["root"][], copy: (() => void) | null, onClear: () => void): void {
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      const ours = boxes.some(({ current }) => current && belongsTo(event, current));
      if (event.defaultPrevented || !ours) return;
      const copies = event.key.toLowerCase() === "c" && event.ctrlKey !== event.metaKey;
      if (event.key === "Escape") onClear();
      // Text that is selected by hand is what the reader means.
      else if (copies && copy && window.getSelection()?.isCollapsed !== false) copy();
      else return;
      event.preventDefault();
    };
    document.addEventListener("keydown", pressed);
    return () => document.removeEventListener("keydown", pressed);
  }, [boxes, copy, onClear]);
}

/** The address of the lines. It names the run: a card's newest run will be another one. */
function linkTo(executionId: string): string {
  const address = new URL(window.location.href);
  address.searchParams.set("execution", executionId);
  return address.href;
}

function Refusal({ executionId, first, last }: Pick<Props, "executionId" | "first" | "last">) {
  const count = last - first + 1;
  const many = count > LINES_COPIED;
  return (
    <p className={styles.refusal}>
      {many ? words.tooMany(formatNumber(LINES_COPIED), formatNumber(count)) : words.tooLong}{" "}
      <a href={textAddress(executionId, { first, last })} download>
        <IconDownload {...icon} /> {words.download}
      </a>
    </p>
  );
}

/** What can be done with the chosen lines. */
export function ChosenBar({ executionId, first, last, readText, root, onClear, ...rest }: Props) {
  const { filtered, extending, onExtend } = rest;
  const count = last - first + 1;
  const { copy, busy, tooLong } = useCopyLines(readText, { first, last });
  const refused = tooLong || count > LINES_COPIED;
  const bar = useRef<HTMLDivElement>(null);
  const boxes = useMemo(() => [root, bar], [root]);
  const clear = useCallback(() => onClear(bar.current?.contains(document.activeElement) === true), [onClear]);
  useKeys(boxes, refused ? null : copy, clear);
  const [from, to] = [formatNumber(first), formatNumber(last)];
  useEffect(() => announce(from === to ? words.chosenOne(from) : words.chosen(from, to)), [from, to]);
  const copyLink = useCallback(() => {
    void copyText(linkTo(executionId)).then(
      () => notify("done", words.linkCopied),
      () => notify("problem", words.refused),
    );
  }, [executionId]);
  return (
    <div ref={bar} className={styles.bar} role="group" aria-label={words.region}>
      <span className={styles.lines}>
        {count === 1 ? words.line(from) : words.lines(from, to)}
        {filtered && count > 1 ? <small>{words.filtered}</small> : null}
        {count === 1 && !extending ? <small className={styles.hint}>{words.hint}</small> : null}
        {extending ? <small>{words.extending}</small> : null}
      </span>
      <button
        type="button"
        className={styles.extend}
        aria-pressed={extending}
        onClick={() => onExtend(!extending)}
      >
        {words.extend}
      </button>
      {refused ? (
        <Refusal {...{ executionId, first, last }} />
      ) : (
        <button type="button" aria-disabled={busy} onClick={busy ? undefined : copy}>
          <IconCopy {...icon} />
          {busy ? words.copying : words.copy(count, formatNumber(count))}
        </button>
      )}
      <button type="button" onClick={copyLink}>
        <IconLink {...icon} />
        {words.link}
      </button>
      <IconButton label={words.clear} onClick={clear}>
        <IconX size={16} aria-hidden />
      </IconButton>
    </div>
  );
}
