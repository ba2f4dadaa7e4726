import type { ActiveExecution, Execution } from "@/api/types";

/** An execution as the board last saw it is newer than the one the history was read with. */
export function withBoardState(execution: Execution, active: ActiveExecution | null): Execution {
  if (active?.id !== execution.id) return { ...execution, isActive: false };
  const { status, startedAt, completedAt, duration, lastLine, usage } = active;
  const headSequence = Math.max(active.headSequence, execution.headSequence);
  return {
    ...execution,
    isActive: true,
    status,
    startedAt,
    completedAt,
    duration,
    headSequence,
    lastLine,
    usage,
  };
}
