import type { ReactNode } from "react";

import styles from "./screen.module.css";

type MessageProps = {
  icon?: ReactNode;
  title: string;
  text: string;
  children?: ReactNode;
  /** 2 below a heading of the screen's own. */
  level?: 1 | 2;
};

/** A whole screen that says one thing and what can be done about it. */
export function MessageScreen({ icon, title, text, children, level = 1 }: MessageProps) {
  const Heading = `h${level}` as const;
  return (
    <div className={styles.screen}>
      {icon ? <div className={styles.icon}>{icon}</div> : null}
      <Heading>{title}</Heading>
      <p className={styles.text}>{text}</p>
      {children ? <div className={styles.actions}>{children}</div> : null}
    </div>
  );
}

/** A calm wait for the first data; it only shows itself when the answer takes a while. */
export function WaitScreen({ label }: { label: string }) {
  return (
    <div className={styles.screen} aria-busy="true">
      <div className={styles.wait}>
        <span className={styles.arc} aria-hidden />
        <span>{label}</span>
      </div>
    </div>
  );
}
