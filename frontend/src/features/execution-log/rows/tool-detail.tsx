import { useMemo } from "react";
import type { ReactNode } from "react";

import type { Entry } from "@/api/types";
import { formatNumber } from "@/lib/format";
import { t } from "@/lib/messages";
import { VisuallyHidden } from "@/ui/visually-hidden";

import { folded, truncatedBytes, wasCut } from "./fold";
import type { SignedLine } from "./signed-diff";
import { LogText } from "./log-text";
import { texts } from "../log-texts";
import type { RowActions } from "./row-actions";
import { changeOf } from "./tool-change";
import type { Hunk } from "./tool-change";
import { useWholeEntry } from "../entries/use-whole-entry";
import { WholeText } from "./whole-text";
import rowStyles from "./log-row.module.css";
import styles from "./tool-row.module.css";

const LINES_SHOWN = 1_000;
const OUTPUT_SHOWN = { lines: 200, characters: 16_000 };
/** What the lines of a change say already. */
const IN_CHANGE = new Set(["old_string", "new_string", "content", "edits"]);

/** The values of a tool's input as text: strings as they are, the rest as JSON. */
function inputOf(entry: Entry): [string, string][] {
  const input = entry.data?.["input"];
  if (input === undefined || input === null) return [];
  if (typeof input !== "object") return [["input", JSON.stringify(input)]];
  return Object.entries(input).map(([name, value]) => [
    name,
    typeof value === "string" ? value : JSON.stringify(value, null, 2),
  ]);
}

/** A box that scrolls has to be reachable by keyboard, and named. */
function Box({ label, children }: { label: string; children: ReactNode }) {
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <section className={styles.box} aria-label={label} tabIndex={0}>
      {children}
    </section>
  );
}

type Numbered = SignedLine & { key: string; line: number | null };

/** The lines of all hunks with their numbers in the file afterwards; a line that was taken away has none. */
function numbered(hunks: readonly Hunk[]): Numbered[] {
  return hunks.flatMap((hunk, at) => {
    let next = hunk.line;
    return hunk.lines.map((line, index) => {
      const here = next === null || line.sign === "-" ? null : next++;
      return { ...line, key: `${at} ${index}`, line: here };
    });
  });
}

const signWords = { "+": t.tool.addedLine, "-": t.tool.removedLine };

function Change({ hunks }: { hunks: readonly Hunk[] }) {
  const lines = useMemo(() => numbered(hunks), [hunks]);
  return (
    <Box label={t.tool.change}>
      <ol className={styles.change}>
        {lines.slice(0, LINES_SHOWN).map(({ key, sign, text, line }) => (
          <li key={key} data-sign={sign} data-begins={key.endsWith(" 0") || undefined}>
            <span className={styles.line}>{line}</span>
            <span className={styles.sign} aria-hidden>
              {sign === "-" ? "−" : sign}
            </span>
            {sign === " " ? null : <VisuallyHidden>{signWords[sign]}: </VisuallyHidden>}
            <code data-content="">{text}</code>
          </li>
        ))}
      </ol>
      {lines.length > LINES_SHOWN ? (
        <p className={rowStyles.note}>{t.tool.fileStart(formatNumber(LINES_SHOWN))}</p>
      ) : null}
    </Box>
  );
}

function Output({ result, read }: { result: Entry; read: RowActions["readWhole"] }) {
  const { sequence, content } = result;
  const shown = folded(content, OUTPUT_SHOWN);
  return (
    <div className={styles.part}>
      <p className={styles.title}>{t.tool.output}</p>
      {content === "" ? <p className={rowStyles.note}>{texts.noOutput}</p> : null}
      {shown !== content || truncatedBytes(result) !== null ? (
        <WholeText sequence={sequence} read={read} />
      ) : content === "" ? null : (
        <Box label={t.tool.output}>
          <LogText text={content} />
        </Box>
      )}
    </div>
  );
}

type Props = { entry: Entry; result: Entry | undefined; read: RowActions["readWhole"] };

/** A tool call that was opened: what it was given, or the change it makes, and what came out. */
export function ToolDetail({ entry, result, read }: Props) {
  const cut = wasCut(entry);
  const whole = useWholeEntry(entry.sequence, read, cut);
  const call = whole.entry ?? entry;
  const hunks = useMemo(() => changeOf(call, result), [call, result]);
  if (whole.problem !== null) return <p className={rowStyles.problem}>{whole.problem}</p>;
  const values = inputOf(call).filter(([name]) => hunks.length === 0 || !IN_CHANGE.has(name));
  return (
    <div className={styles.detail} aria-busy={cut && whole.entry === null}>
      {values.length > 0 ? (
        <dl className={rowStyles.input}>
          {values.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      ) : null}
      {values.length === 0 && hunks.length === 0 ? <p className={rowStyles.note}>{texts.noInput}</p> : null}
      {hunks.length > 0 ? <Change hunks={hunks} /> : null}
      {result ? <Output result={result} read={read} /> : null}
    </div>
  );
}
