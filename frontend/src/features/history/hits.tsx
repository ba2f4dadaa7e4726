import { Link } from "@tanstack/react-router";
import { useState } from "react";

import type { SearchItem } from "@/api/types";
import { formatNumber, formatTime, formatUtc } from "@/lib/format";
import { t } from "@/lib/messages";
import { StatusBadge } from "@/ui/status-badge";

import { snippetPieces } from "./hit-groups";
import type { HitGroup } from "./hit-groups";
import styles from "./search-results.module.css";

/** So many places of one run are shown before somebody asks for the rest. */
const FEW = 4;

function where({ sequence, snippet }: SearchItem): string {
  return sequence === null ? t.found.fields[snippet.field] : t.found.line(formatNumber(sequence));
}

function Hit({ item }: { item: SearchItem }) {
  const { snippet } = item;
  return (
    <li>
      <Link
        className={styles.hit}
        to="/cards/$cardId"
        params={{ cardId: item.cardId }}
        search={{
          execution: item.executionId ?? undefined,
          tab: snippet.field === "plan" || snippet.field === "description" ? "plan" : undefined,
        }}
        hash={item.sequence === null ? undefined : `L${item.sequence}`}
        data-type={item.type ?? undefined}
      >
        <span className={styles.where}>{where(item)}</span>
        <span className={styles.snippet}>
          {snippet.moreBefore ? "…" : null}
          {snippetPieces(snippet).map(({ text, at, found }) =>
            found ? <mark key={at}>{text}</mark> : <span key={at}>{text}</span>,
          )}
          {snippet.moreAfter ? "…" : null}
        </span>
      </Link>
    </li>
  );
}

/** A run, or a card, with the places in it. */
export function Hits({ group: { of, hits } }: { group: HitGroup }) {
  const [whole, setWhole] = useState(false);
  const shown = whole ? hits : hits.slice(0, FEW);
  return (
    <section className={styles.group}>
      <h2>
        <Link
          to="/cards/$cardId"
          params={{ cardId: of.cardId }}
          search={{ execution: of.executionId ?? undefined }}
        >
          {of.command ? <code>{of.command}</code> : null}
          <span className={styles.number}>{t.card.number(of.cardNumber)}</span>
          <span className={styles.title}>{of.cardTitle}</span>
        </Link>
        {of.status ? <StatusBadge status={of.status} /> : null}
        <time dateTime={of.timestamp} title={formatUtc(of.timestamp)}>
          {formatTime(of.timestamp)}
        </time>
      </h2>
      <ul className={styles.hits}>
        {shown.map((item) => (
          <Hit key={`${item.sequence ?? item.snippet.field}`} item={item} />
        ))}
      </ul>
      {hits.length > FEW ? (
        <button type="button" className={styles.rest} aria-expanded={whole} onClick={() => setWhole(!whole)}>
          {whole ? t.found.fewer : t.found.moreOf(hits.length - FEW)}
        </button>
      ) : null}
    </section>
  );
}
