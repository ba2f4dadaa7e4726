import type { Execution } from "@/api/types";
import { formatNumber, formatTime } from "@/lib/format";
import { t } from "@/lib/messages";

export type EvidenceRow = { label: string; value: string };

const signals: Record<number, string> = {
  1: "SIGHUP",
  2: "SIGINT",
  3: "SIGQUIT",
  6: "SIGABRT",
  9: "SIGKILL",
  11: "SIGSEGV",
  13: "SIGPIPE",
  15: "SIGTERM",
};

function signalName(number: number): string {
  return signals[number] ?? formatNumber(number);
}

/** A shell's way to say that a signal ended a program: 128 + its number. */
function exitWords(code: number): string {
  const name = signals[code - 128];
  return name ? `${code} (${name})` : String(code);
}

function lossWords(lost: unknown): string {
  const known: Record<string, string> = t.evidence.lost;
  return known[String(lost)] ?? t.evidence.lostUnknown;
}

const number = (value: unknown) => (typeof value === "number" ? value : null);

/** What proves the end, in a few words; null while the run goes on, or is too old to tell. */
export function shortEvidence({ evidence, exitCode }: Execution): string | null {
  if (!evidence) return null;
  if (evidence["cancelledBeforeStart"] === true) return t.evidence.beforeStart;
  if (evidence["startError"] !== undefined) return t.evidence.notStarted;
  if (evidence["lost"] !== undefined) return lossWords(evidence["lost"]);
  if (evidence["closedByUs"] === true) return t.evidence.closed;
  const signal = number(evidence["signal"]);
  if (signal !== null) return t.evidence.signal(signalName(signal));
  const code = number(evidence["exitCode"]) ?? exitCode;
  return code === null ? t.evidence.lostUnknown : t.evidence.exit(exitWords(code));
}

/** What the agent or Retoma wants known about an end that may look better than it is. */
export function warningOf({ evidence }: Execution): string | null {
  const denied = number(evidence?.["denied"]);
  if (denied !== null && denied > 0) return t.evidence.deniedWarning(formatNumber(denied), denied === 1);
  const warning = evidence?.["warning"];
  return typeof warning === "string" && warning !== "" ? warning : null;
}

/** All that is known about the end, in the order in which one asks. */
export function evidenceRows(execution: Execution): EvidenceRow[] {
  const { evidence, completedAt } = execution;
  if (!evidence) return [];
  const { rows } = t.evidence;
  const counted = (name: string) => {
    const count = number(evidence[name]);
    return count === null || count === 0 ? null : formatNumber(count);
  };
  const code = number(evidence["exitCode"]) ?? execution.exitCode;
  const signal = number(evidence["signal"]);
  const orphans = number(evidence["orphans"]) ?? 0;
  const word = (name: string) => (typeof evidence[name] === "string" ? evidence[name] : null);
  const all: [string, string | null][] = [
    [rows.ended, completedAt === null ? null : formatTime(completedAt)],
    [rows.exitCode, code === null ? null : exitWords(code)],
    [rows.signal, signal === null ? null : `${signal} (${signalName(signal)})`],
    [rows.closedByUs, evidence["closedByUs"] === true ? t.evidence.byRetoma : null],
    [rows.lost, evidence["lost"] === undefined ? null : lossWords(evidence["lost"])],
    [rows.finalEvent, word("finalEvent")],
    [rows.terminalReason, word("terminalReason")],
    [rows.apiErrorStatus, counted("apiErrorStatus")],
    [rows.failedSteps, counted("failedSteps")],
    [rows.denied, counted("denied")],
    [rows.orphans, orphans === 0 ? null : t.evidence.orphans(formatNumber(orphans), orphans === 1)],
    [rows.lastSequence, counted("lastSequence")],
  ];
  return all.flatMap(([label, value]) => (value === null ? [] : [{ label, value }]));
}
