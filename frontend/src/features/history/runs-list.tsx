import { useMediaQuery } from "@mantine/hooks";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useLayoutEffect, useRef } from "react";
import type { RefObject } from "react";

import type { Execution } from "@/api/types";
import { formatNumber } from "@/lib/format";
import { t } from "@/lib/messages";
import { VisuallyHidden } from "@/ui/visually-hidden";

import { RunCard, RunRow } from "./run-row";
import type { RunRowProps } from "./run-row";
import styles from "./runs-list.module.css";

type Props = {
  runs: readonly Execution[];
  hasMore: boolean;
  loading: boolean;
  onMore: () => void;
} & Pick<RunRowProps, "agentTitle" | "onCard">;

const ROW = 40;
const CARD = 104;
/** Reading on begins when so few rows are left below. */
const AHEAD = 30;

/** Runs that come in above what is being read do not move it; at the top they are simply seen. */
function useSteady(scroll: RefObject<HTMLElement | null>, runs: readonly Execution[], height: number) {
  const first = useRef<string>(undefined);
  useLayoutEffect(() => {
    const added = runs.findIndex(({ id }) => id === first.current);
    const box = scroll.current;
    if (box && added > 0 && box.scrollTop > 0) box.scrollBy(0, added * height);
    first.current = runs[0]?.id;
  }, [scroll, runs, height]);
}

function Head() {
  const { past } = t;
  const number = styles.number;
  return (
    <thead>
      <tr>
        <th scope="col">{past.run}</th>
        <th scope="col">{past.card}</th>
        <th scope="col">{past.status}</th>
        <th scope="col">{past.agent}</th>
        <th scope="col">{past.started}</th>
        <th scope="col" className={number}>
          {past.duration}
        </th>
        <th scope="col" className={number}>
          {past.cost}
        </th>
        <th scope="col" className={number}>
          {past.lines}
        </th>
      </tr>
    </thead>
  );
}

/** A part of the table that is not mounted, as high as it is. */
function Gap({ height }: { height: number }) {
  return height > 0 ? <tr aria-hidden style={{ height }} /> : null;
}

/** All runs, newest first: only those in sight are mounted. */
export function RunsList({ runs, hasMore, loading, onMore, ...row }: Props) {
  const scroll = useRef<HTMLDivElement>(null);
  const phone = useMediaQuery("(max-width: 720px)", false, { getInitialValueInEffect: false });
  const height = phone ? CARD : ROW;
  const rows = useVirtualizer({
    count: runs.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => height,
    overscan: 10,
  });
  const { measure } = rows;
  useEffect(() => measure(), [measure, height]);
  useSteady(scroll, runs, height);
  const items = rows.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (hasMore && !loading && last >= runs.length - AHEAD) onMore();
  }, [hasMore, loading, last, runs.length, onMore]);
  const shown = items.flatMap(({ index }) => {
    const run = runs[index];
    return run ? [{ run, index, count: hasMore ? -1 : runs.length }] : [];
  });
  const before = items[0]?.start ?? 0;
  const after = rows.getTotalSize() - (items.at(-1)?.end ?? 0);
  return (
    <div
      ref={scroll}
      className={styles.scroll}
      tabIndex={0}
      role="region"
      aria-label={t.past.caption}
      data-scroll-restoration-id="history"
    >
      {phone ? (
        <ul className={styles.cards} style={{ paddingTop: before, paddingBottom: after }}>
          {shown.map((each) => (
            <RunCard key={each.run.id} {...each} {...row} />
          ))}
        </ul>
      ) : (
        <table className={styles.table} aria-rowcount={hasMore ? -1 : runs.length + 1}>
          <caption>
            <VisuallyHidden>{t.past.caption}</VisuallyHidden>
          </caption>
          <Head />
          <tbody>
            <Gap height={before} />
            {shown.map((each) => (
              <RunRow key={each.run.id} {...each} {...row} />
            ))}
            <Gap height={after} />
          </tbody>
        </table>
      )}
      <p className={styles.end}>
        {hasMore ? t.past.more : t.past.all(formatNumber(runs.length), runs.length === 1)}
      </p>
    </div>
  );
}
