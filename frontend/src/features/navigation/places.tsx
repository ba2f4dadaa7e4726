import type { Icon } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { LinkProps } from "@tanstack/react-router";

import styles from "./navigation.module.css";

type Place = { to: LinkProps["to"]; word: string; icon: Icon };

/** The screens that are not of one project, in the order of the sidebar. */
const PLACES: readonly Place[] = [];

export function Places({ onGo }: { onGo: () => void }) {
  return (
    <ul className={styles.list}>
      {PLACES.map(({ to, word, icon: PlaceIcon }) => (
        <li key={to}>
          <Link className={styles.link} to={to} title={word} onClick={onGo}>
            <PlaceIcon size={16} aria-hidden />
            <span>{word}</span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
