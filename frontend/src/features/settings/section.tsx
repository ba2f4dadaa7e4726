import { useId } from "react";
import type { ReactNode } from "react";

import styles from "./settings-screen.module.css";

/** One heading of the settings with what belongs to it. */
export function Section({ title, children }: { title: string; children: ReactNode }) {
  const id = useId();
  return (
    <section className={styles.section} aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      <div className={styles.box}>{children}</div>
    </section>
  );
}

/** One thing and what it is. */
export function Row({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className={styles.row}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
