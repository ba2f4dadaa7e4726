import type { ComponentProps, ReactNode } from "react";

import styles from "./button.module.css";

/** Without one it is the thing to do; `default` is another, `subtle` one that is rarely wanted. */
type Variant = "default" | "subtle";

type Props = ComponentProps<"button"> & {
  variant?: Variant;
  /** An icon before the word. */
  leftSection?: ReactNode;
  /** It was pressed, and the answer is awaited. */
  loading?: boolean;
};

/** The class of something that looks like a button: a link that is the way on. */
export function buttonClass(variant?: Variant, more?: string): string {
  return [styles.button, variant && styles[variant], more].filter(Boolean).join(" ");
}

/**
 * A button with a word: the browser's own. On every screen from the first one on, so it is worth being small: that of the
 * library brought 13 kB of script.
 */
export function Button({
  variant,
  leftSection,
  loading = false,
  className,
  disabled,
  children,
  ...rest
}: Props) {
  return (
    <button
      type="button"
      className={buttonClass(variant, className)}
      disabled={disabled || loading}
      aria-busy={loading || undefined}
      data-icon={leftSection ? true : undefined}
      {...rest}
    >
      {leftSection}
      {children}
    </button>
  );
}
