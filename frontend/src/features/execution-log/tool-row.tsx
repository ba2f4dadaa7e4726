import {
  IconChevronRight,
  IconFile,
  IconPencil,
  IconRobot,
  IconSearch,
  IconTerminal2,
  IconTool,
  IconWorld,
} from "@tabler/icons-react";
import type { Icon } from "@tabler/icons-react";
import { createElement } from "react";

import type { Entry } from "@/api/types";

import { INPUT_LIMIT, folded, wasCut } from "./fold";
import { texts } from "./log-texts";
import type { RowActions } from "./row-actions";
import { useWholeEntry } from "./use-whole-entry";
import styles from "./log-row.module.css";

const ICONS: readonly [RegExp, Icon][] = [
  [/bash|shell|run|exec|command/i, IconTerminal2],
  [/edit|write|patch/i, IconPencil],
  [/read|open|view/i, IconFile],
  [/grep|glob|search|find|^ls$/i, IconSearch],
  [/web|fetch|http/i, IconWorld],
  [/task|agent/i, IconRobot],
];

function iconOf(tool: string): Icon {
  return ICONS.find(([words]) => words.test(tool))?.[1] ?? IconTool;
}

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

type InputProps = { entry: Entry; read: RowActions["readWhole"] };

function ToolInput({ entry, read }: InputProps) {
  const cut = wasCut(entry);
  const whole = useWholeEntry(entry.sequence, read, cut);
  if (whole.problem !== null) return <p className={styles.problem}>{whole.problem}</p>;
  const values = inputOf(whole.entry ?? entry);
  if (values.length === 0) return <p className={styles.note}>{texts.noInput}</p>;
  return (
    <dl className={styles.input} aria-busy={cut && whole.entry === null}>
      {values.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

type Props = { entry: Entry; open: boolean; actions: RowActions };

/** A tool call: one quiet line with the tool and what it is about, which opens to the whole input. */
export function ToolRow({ entry, open, actions }: Props) {
  const { sequence, content } = entry;
  const named = entry.data?.["tool"];
  const tool = typeof named === "string" ? named : "";
  const shown = folded(content, { lines: INPUT_LIMIT.lines, characters: INPUT_LIMIT.characters });
  const starts = tool !== "" && shown.startsWith(tool);
  return (
    <div className={styles.tool} data-open={open || undefined}>
      <button
        type="button"
        className={styles.toolHead}
        aria-expanded={open}
        onClick={() => actions.toggle(sequence)}
      >
        {createElement(iconOf(tool), { className: styles.toolIcon, "aria-hidden": true })}
        {tool !== "" && !starts ? <span className={styles.toolName}>{tool}</span> : null}
        <span
          className={styles.toolText}
          data-content=""
          data-content-length={shown === content ? undefined : content.length}
        >
          {starts ? <span className={styles.toolName}>{tool}</span> : null}
          {starts ? shown.slice(tool.length) : shown}
        </span>
        <IconChevronRight className={styles.chevron} aria-hidden />
      </button>
      {open ? <ToolInput entry={entry} read={actions.readWhole} /> : null}
    </div>
  );
}
