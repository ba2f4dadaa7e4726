import type { ComponentProps } from "react";

import styles from "./icon-button.module.css";

type Props = ComponentProps<"button"> & {
  /** The button's name: it has no text of its own. */
  label: string;
};

export function IconButton({ label, className, ...rest }: Props) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      className={className ? `${styles.button} ${className}` : styles.button}
      {...rest}
    />
  );
}
