import styles from "./choice.module.css";

type Props<T extends string> = {
  label: string;
  /** What is shown while nothing is chosen: the label, unless there are better words. */
  none?: string;
  value: T | undefined;
  options: readonly { value: T; label: string }[];
  onChange: (value: T | undefined) => void;
};

/** One of several, or none: a small native list for bars of filters. */
export function Choice<T extends string>({ label, none = label, value, options, onChange }: Props<T>) {
  return (
    <select
      className={styles.choice}
      aria-label={label}
      data-chosen={value !== undefined}
      value={value ?? ""}
      onChange={(event) =>
        onChange(options.find((option) => option.value === event.currentTarget.value)?.value)
      }
    >
      <option value="">{none}</option>
      {options.map((option) => (
        <option key={option.value} value={option.value}>
          {option.label}
        </option>
      ))}
    </select>
  );
}
