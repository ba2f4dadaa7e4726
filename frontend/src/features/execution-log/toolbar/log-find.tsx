import { IconArrowDown, IconArrowUp, IconSearch, IconX } from "@tabler/icons-react";
import { useEffect, useRef } from "react";
import type { KeyboardEvent } from "react";

import { formatNumber } from "@/lib/format";
import { onKey } from "@/lib/keys";
import { t } from "@/lib/messages";
import { IconButton } from "@/ui/icon-button";

import type { Find } from "../search/use-find";
import styles from "./log-toolbar.module.css";

const icon = { size: 16, "aria-hidden": true } as const;

function countOf({ query, matches, n }: Find): string {
  if (query.trim() === "") return "";
  const total = formatNumber(matches.total);
  if (matches.total === 0) return matches.complete ? t.logTools.find.none : t.logTools.find.searching;
  const known = matches.complete ? total : `${total}…`;
  return n === null ? known : t.logTools.find.place(formatNumber(n), known);
}

/** The search field: `/` goes into it, Enter and Shift+Enter to the next and the previous match, Escape out of it. */
export function LogFind({ find, onClose }: { find: Find; onClose: () => void }) {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => onKey("/", () => field.current?.select()), []);
  const close = () => {
    find.type("");
    onClose();
  };
  const press = (event: KeyboardEvent) => {
    if (event.key === "Escape") close();
    else if (event.key !== "Enter") return;
    else if (event.shiftKey) find.previous();
    else find.next();
    event.preventDefault();
    event.stopPropagation();
  };
  const none = find.query.trim() === "" || (find.matches.complete && find.matches.total === 0);
  return (
    <div className={styles.find} role="search">
      <IconSearch {...icon} />
      <input
        ref={field}
        type="text"
        inputMode="search"
        enterKeyHint="search"
        spellCheck={false}
        autoComplete="off"
        maxLength={500}
        value={find.query}
        placeholder={t.logTools.find.placeholder}
        aria-label={t.logTools.find.label}
        aria-keyshortcuts="/"
        onChange={(event) => find.type(event.target.value)}
        onKeyDown={press}
      />
      {find.query === "" ? (
        <kbd className={styles.key} aria-hidden>
          /
        </kbd>
      ) : null}
      <output className={styles.count} hidden={find.query === ""}>
        {countOf(find)}
      </output>
      {find.query === "" ? null : (
        <>
          <IconButton label={t.logTools.find.previous} disabled={none} onClick={find.previous}>
            <IconArrowUp {...icon} />
          </IconButton>
          <IconButton label={t.logTools.find.next} disabled={none} onClick={find.next}>
            <IconArrowDown {...icon} />
          </IconButton>
          <IconButton label={t.logTools.find.close} onClick={close}>
            <IconX {...icon} />
          </IconButton>
        </>
      )}
    </div>
  );
}
