import styles from "./problem-text.module.css";

/** Why something was refused, said at once; nothing while there is no error. */
export function ProblemText({ error }: { error: Error | null }) {
  if (!error) return null;
  return (
    <p className={styles.problem} role="alert">
      {error.message}
    </p>
  );
}
