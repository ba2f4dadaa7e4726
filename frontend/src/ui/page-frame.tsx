import type { ReactNode } from "react";

import styles from "./page-frame.module.css";

type Props = {
  title: string;
  /** Right behind the title, and at the other end of the line. */
  beside?: ReactNode;
  end?: ReactNode;
  children: ReactNode;
};

/** A screen of one column: its title stays, what is below it scrolls. */
export function PageFrame({ title, beside, end, children }: Props) {
  return (
    <div className={styles.frame}>
      <header className={styles.header}>
        <h1 tabIndex={-1}>{title}</h1>
        {beside}
        <div className={styles.end}>{end}</div>
      </header>
      <div className={styles.scroll}>
        <div className={styles.column}>{children}</div>
      </div>
    </div>
  );
}
