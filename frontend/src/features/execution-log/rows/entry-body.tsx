import {
  IconAlertCircle,
  IconAlertTriangle,
  IconCheck,
  IconHandStop,
  IconLink,
  IconUser,
} from "@tabler/icons-react";
import { createElement } from "react";
import type { ReactNode } from "react";

import type { Entry } from "@/api/types";
import { statusIcons, statusWord } from "@/lib/status";
import type { CardStatus } from "@/lib/status";

import { MESSAGE_LIMIT, RAW_LIMIT, RESULT_LIMIT, countLines, folded, truncatedBytes } from "./fold";
import { FoldableText } from "./foldable-text";
import { FoldedLine, beginningOf } from "./folded-line";
import { texts } from "../log-texts";
import { MarkedText, isMarked } from "./marked-text";
import type { RowActions } from "./row-actions";
import { ToolRow } from "./tool-row";
import styles from "./log-row.module.css";

type Props = {
  entry: Entry;
  /** What came of a tool call, where it is here. */
  result?: Entry | undefined;
  open: boolean;
  actions: RowActions;
};

/** A mark beside the text that says by shape and word what the entry is. */
function Mark({ tone, icon, word }: { tone: string; icon: ReactNode; word: string }) {
  return (
    <span className={styles.mark} data-tone={tone}>
      {icon}
      <span>{word}</span>
    </span>
  );
}

const failed = <IconAlertTriangle aria-hidden />;

function markOf({ type }: Entry): ReactNode {
  if (type === "error") return <Mark tone="error" icon={failed} word={texts.error} />;
  if (type === "warning")
    return <Mark tone="warning" icon={<IconAlertCircle aria-hidden />} word={texts.warning} />;
  return null;
}

/** What an agent says, which is Markdown where it looks like it. */
function Words(props: Props) {
  const { entry } = props;
  const whole = folded(entry.content, MESSAGE_LIMIT) === entry.content && truncatedBytes(entry) === null;
  if (whole && isMarked(entry.content)) return <MarkedText text={entry.content} />;
  return <FoldableText {...props} limit={MESSAGE_LIMIT} />;
}

function Message(props: Props) {
  return (
    <div className={styles.message} data-type={props.entry.type}>
      {markOf(props.entry)}
      <Words {...props} />
    </div>
  );
}

function Thinking(props: Props) {
  const { entry } = props;
  const line = beginningOf(entry);
  if (line === entry.content && line.length < 120) {
    return (
      <div className={styles.thinking} data-content="">
        {line}
      </div>
    );
  }
  return (
    <div className={styles.thinking}>
      <FoldedLine
        {...props}
        words={`${texts.thinking} · ${texts.lines(countLines(entry.content))}`}
        limit={MESSAGE_LIMIT}
      />
    </div>
  );
}

function Result(props: Props) {
  const { content, data } = props.entry;
  const isError = data?.["isError"] === true;
  const exitCode = data?.["exitCode"];
  // What went well is one quiet line under its call, which shows the rest of it too.
  const quiet = !isError && typeof data?.["toolUseId"] === "string" && countLines(content) > 1;
  if (quiet) {
    return (
      <div className={styles.result}>
        <FoldedLine {...props} words={texts.lines(countLines(content))} limit={MESSAGE_LIMIT} />
      </div>
    );
  }
  return (
    <div className={styles.result} data-error={isError || undefined}>
      {isError ? (
        <div className={styles.resultHead}>
          <Mark tone="error" icon={failed} word={texts.failed} />
          {typeof exitCode === "number" ? <span className={styles.exit}>{texts.exit(exitCode)}</span> : null}
        </div>
      ) : null}
      {content === "" ? <p className={styles.note}>{texts.noOutput}</p> : null}
      <FoldableText {...props} limit={RESULT_LIMIT} />
    </div>
  );
}

/** How the agent itself saw its end. */
function toneOf({ type, data }: Entry): "error" | "warning" | "success" {
  if (type === "error" || data?.["isError"] === true) return "error";
  return type === "warning" ? "warning" : "success";
}

const finalMarks = {
  error: { icon: failed, word: texts.failed },
  warning: { icon: <IconAlertCircle aria-hidden />, word: texts.stopped },
  success: { icon: <IconCheck aria-hidden />, word: texts.finished },
};

function FinalResult(props: Props) {
  const tone = toneOf(props.entry);
  return (
    <div className={styles.final} data-tone={tone}>
      <Mark tone={tone} {...finalMarks[tone]} />
      <Words {...props} />
    </div>
  );
}

function Request(props: Props) {
  if (typeof props.entry.data?.["decision"] === "string") {
    return (
      <div className={styles.system} data-answer="">
        <IconHandStop className={styles.answer} aria-hidden />
        <FoldableText {...props} limit={MESSAGE_LIMIT} />
      </div>
    );
  }
  return (
    <div className={styles.request}>
      <Mark tone="waiting" icon={<IconHandStop aria-hidden />} word={texts.asked} />
      <FoldableText {...props} limit={MESSAGE_LIMIT} />
    </div>
  );
}

function isEnd(status: unknown): status is CardStatus {
  return typeof status === "string" && Object.hasOwn(statusIcons, status);
}

function System(props: Props) {
  const { type, data } = props.entry;
  const status = data?.["status"];
  const mark = isEnd(status) ? (
    <Mark
      tone={status}
      icon={createElement(statusIcons[status], { "aria-hidden": true })}
      word={statusWord(status)}
    />
  ) : (
    markOf(props.entry)
  );
  return (
    <div className={styles.system} data-type={type}>
      {type === "success" ? <IconCheck className={styles.done} aria-hidden /> : mark}
      <FoldableText {...props} limit={RAW_LIMIT} />
    </div>
  );
}

function Raw(props: Props) {
  const { data } = props.entry;
  return (
    <div className={styles.raw}>
      {data?.["stream"] === "stderr" ? <span className={styles.tag}>{texts.stderr}</span> : null}
      {data?.["invalidUtf8"] === true ? <span className={styles.tag}>{texts.invalid}</span> : null}
      <FoldableText {...props} limit={RAW_LIMIT} />
    </div>
  );
}

/** The marker of a restart. Only Retoma's own entries are: an agent can't write one. */
export function isRecovery({ kind, data }: Entry): boolean {
  return kind === "system" && data?.["by"] === "retoma" && typeof data["recovery"] === "string";
}

/** What the user wrote to the agent at work. */
export function isFromUser({ kind, data }: Entry): boolean {
  return kind === "message" && data?.["by"] === "retoma" && data["from"] === "user";
}

function Recovery(props: Props) {
  return (
    <div className={styles.recovery}>
      <IconLink aria-hidden />
      <FoldableText {...props} limit={RAW_LIMIT} />
    </div>
  );
}

function UserMessage(props: Props) {
  return (
    <div className={styles.user}>
      <Mark tone="user" icon={<IconUser aria-hidden />} word={texts.you} />
      <FoldableText {...props} limit={MESSAGE_LIMIT} />
    </div>
  );
}

/** An entry by its kind. */
export function EntryBody(props: Props) {
  const { kind, data } = props.entry;
  if (isRecovery(props.entry)) return <Recovery {...props} />;
  if (isFromUser(props.entry)) return <UserMessage {...props} />;
  switch (kind) {
    case "thinking":
      return <Thinking {...props} />;
    case "tool":
      return <ToolRow {...props} result={props.result} />;
    case "result":
      return data?.["final"] === true ? <FinalResult {...props} /> : <Result {...props} />;
    case "request":
      return <Request {...props} />;
    case "system":
      return <System {...props} />;
    case "raw":
      return <Raw {...props} />;
    default:
      return <Message {...props} />;
  }
}
