import { IconHandStop, IconHistory, IconSettings } from "@tabler/icons-react";
import type { Icon } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { LinkProps } from "@tanstack/react-router";
import type { ComponentType } from "react";

import { countInNeed, inNeedQuery } from "@/api/in-need";
import { formatNumber } from "@/lib/format";
import { t } from "@/lib/messages";

import styles from "./navigation.module.css";

type Place = { to: LinkProps["to"]; word: string; icon: Icon; count?: ComponentType };

/** How much waits for the reader. */
function NeedsYouCount() {
  const count = countInNeed(useQuery(inNeedQuery).data ?? []);
  return count > 0 ? <b className={styles.count}>{formatNumber(count)}</b> : null;
}

/** The screens that are not of one project, in the order of the sidebar. */
export const PLACES: readonly Place[] = [
  { to: "/needs-you", word: t.needsYou.title, icon: IconHandStop, count: NeedsYouCount },
  { to: "/history", word: t.past.title, icon: IconHistory },
  { to: "/settings", word: t.settings.title, icon: IconSettings },
];

export function Places({ onGo }: { onGo: () => void }) {
  return (
    <ul className={styles.list}>
      {PLACES.map(({ to, word, icon: PlaceIcon, count: Count }) => (
        <li key={to}>
          <Link className={styles.link} to={to} title={word} onClick={onGo}>
            <PlaceIcon size={16} aria-hidden />
            <span>{word}</span>
            {Count ? <Count /> : null}
          </Link>
        </li>
      ))}
    </ul>
  );
}
