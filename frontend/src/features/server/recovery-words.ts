import type { RecoveredRun, Recovery } from "@/api/types";
import { formatNumber, formatTime } from "@/lib/format";
import { t } from "@/lib/messages";

/** The report of a start in one line; null where there was nothing to recover. */
export function recoveryLine(recovery: Recovery): string | null {
  const { continued, caughtUp, settled, interrupted, runs, completedAt, startedAt } = recovery;
  if (runs.length === 0) return null;
  const parts = [
    continued > 0 ? t.recovery.goOn(formatNumber(continued), continued === 1) : null,
    caughtUp > 0 ? t.recovery.caughtUp(formatNumber(caughtUp), caughtUp === 1) : null,
    settled > 0 ? t.recovery.ended(formatNumber(settled)) : null,
    interrupted > 0 ? t.recovery.interrupted(formatNumber(interrupted)) : null,
    completedAt === null ? t.recovery.unfinished : null,
  ].filter((part) => part !== null);
  return t.recovery.line(formatTime(startedAt), parts.join(", "));
}

/** Whose end nobody saw: they wait for somebody to go on with them. */
export function interruptedRuns({ runs }: Recovery): RecoveredRun[] {
  return runs.filter(({ outcome }) => outcome === "interrupted");
}
