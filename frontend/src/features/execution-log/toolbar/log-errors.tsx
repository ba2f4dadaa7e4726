import { IconAlertTriangle, IconArrowDown, IconArrowUp } from "@tabler/icons-react";
import { useEffect } from "react";

import { formatNumber } from "@/lib/format";
import { onKey } from "@/lib/keys";
import { t } from "@/lib/messages";
import { announce } from "@/lib/notices";
import { IconButton } from "@/ui/icon-button";

import type { Wanted } from "@/api/logs";

import type { LogMoves } from "../log-moves";
import type { LogSource } from "../entries/log-source";
import { stepAfter, stepBefore } from "../search/steps";
import styles from "./log-toolbar.module.css";

type Props = {
  source: LogSource;
  wanted: Wanted;
  total: number;
  moves: { current: LogMoves | null };
  /** The line that was gone to last. */
  found: number | null;
  onFound: (line: number) => void;
};

const icon = { size: 16, "aria-hidden": true } as const;

/** How many errors there are, and the ways to them: also by `n` and `p`. */
export function LogErrors({ source, wanted, total, moves, found, onFound }: Props) {
  const go = (step: typeof stepAfter, line: number) => {
    step(source.find, wanted, line)
      .then((error) => (error ? onFound(error.line) : announce(t.logTools.errors.none)))
      // The log's own calls say what is wrong with the server.
      .catch(() => {});
  };
  // From the error that was gone to, as long as it is on the screen: at the log's end it can't come to the top.
  const from = (otherwise: (first: number) => number) => {
    const { first, last } = moves.current?.shown() ?? { first: 1, last: 0 };
    return found !== null && first <= found && found <= last ? found : otherwise(first);
  };
  const next = () =>
    go(
      stepAfter,
      from((first) => first - 1),
    );
  const previous = () =>
    go(
      stepBefore,
      from((first) => first),
    );
  useEffect(() => {
    const stops = [onKey("n", next), onKey("p", previous)];
    return () => stops.forEach((stop) => stop());
  });
  if (total === 0) return null;
  return (
    <div className={styles.errors} role="group" aria-label={t.logTools.errors.group}>
      <button
        type="button"
        className={styles.first}
        title={t.logTools.errors.first}
        aria-label={`${t.logTools.errors.first}: ${t.logTools.errors.count(total, formatNumber(total))}`}
        onClick={() => go(stepAfter, 0)}
      >
        <IconAlertTriangle {...icon} />
        {t.logTools.errors.count(total, formatNumber(total))}
      </button>
      <IconButton label={t.logTools.errors.previous} aria-keyshortcuts="p" onClick={previous}>
        <IconArrowUp {...icon} />
      </IconButton>
      <IconButton label={t.logTools.errors.next} aria-keyshortcuts="n" onClick={next}>
        <IconArrowDown {...icon} />
      </IconButton>
    </div>
  );
}
