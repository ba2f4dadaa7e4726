import { useInfiniteQuery } from "@tanstack/react-query";
import { IconSearchOff } from "@tabler/icons-react";
import { useEffect, useMemo } from "react";

import { searchQuery } from "@/api/history";
import type { RunFilters } from "@/api/history";
import { formatNumber, formatTime } from "@/lib/format";
import { t } from "@/lib/messages";

import { hitGroups } from "./hit-groups";
import { Hits } from "./hits";
import { None } from "./none";
import styles from "./search-results.module.css";

type Props = { text: string; filters: RunFilters; onClear: () => void };

/** So much is looked for by itself, however far back it is; more by the button. */
const ENOUGH = 30;

/** Cards and runs in which all the words are, with the places. */
export function SearchResults({ text, filters, onClear }: Props) {
  const { status, ...others } = filters;
  const search = useInfiniteQuery(searchQuery(text, others));
  const { data, hasNextPage, isFetching, fetchNextPage, isPlaceholderData } = search;
  const items = useMemo(
    () =>
      (data?.pages ?? [])
        .flatMap((page) => page.items)
        .filter((item) => !status || (item.status !== null && status.includes(item.status))),
    [data, status],
  );
  const groups = useMemo(() => hitGroups(items), [items]);
  // Each answer takes a moment at most, so a rare word needs several: they are asked for one after the other.
  const wanted = hasNextPage && !isFetching && !search.error && items.length < ENOUGH;
  useEffect(() => {
    if (wanted) void fetchNextPage();
  }, [wanted, fetchNextPage]);
  if (search.error && !data) throw search.error;
  const searchedTo = data?.pages.at(-1)?.searchedTo?.timestamp;
  const over = !isFetching && !hasNextPage;
  if (over && items.length === 0) {
    return (
      <None
        icon={<IconSearchOff size={28} aria-hidden />}
        title={t.found.noneTitle}
        text={t.found.noneText}
        action={t.past.clear}
        onAction={onClear}
      />
    );
  }
  return (
    <section
      className={styles.found}
      aria-label={t.found.label}
      aria-busy={isFetching}
      data-old={isPlaceholderData ? "" : undefined}
      data-scroll-restoration-id="found"
    >
      {groups.map((group) => (
        <Hits key={group.key} group={group} />
      ))}
      <div className={styles.end}>
        {over ? t.found.all(formatNumber(items.length), items.length === 1) : null}
        {isFetching && searchedTo ? t.found.searchingTo(formatTime(searchedTo)) : null}
        {isFetching && !searchedTo ? t.found.searching : null}
        {!isFetching && hasNextPage ? (
          <button type="button" className={styles.more} onClick={() => void fetchNextPage()}>
            {t.found.further}
          </button>
        ) : null}
      </div>
    </section>
  );
}
