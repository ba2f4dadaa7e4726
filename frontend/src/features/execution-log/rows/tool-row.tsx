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

import { INPUT_LIMIT, folded } from "./fold";
import type { RowActions } from "./row-actions";
import { ToolDetail } from "./tool-detail";
import { ToolOutcome } from "./tool-outcome";
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

type Props = { entry: Entry; result: Entry | undefined; open: boolean; actions: RowActions };

/** A tool call: one quiet line with the tool, what it is about and what came of it, which opens to all of that. */
export function ToolRow({ entry, result, open, actions }: Props) {
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
        <ToolOutcome call={entry} result={result} />
        <IconChevronRight className={styles.chevron} aria-hidden />
      </button>
      {open ? <ToolDetail entry={entry} result={result} read={actions.readWhole} /> : null}
    </div>
  );
}
