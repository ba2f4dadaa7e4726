import type { ActiveExecution, Execution } from "@/api/types";

/** An execution as the board last saw it is newer than the one the list was read with. */
export function withBoardState(execution: Execution, active: ActiveExecution | null): Execution {
  if (!active || active.id !== execution.id) return execution;
  const { status, startedAt, completedAt, duration, lastLine, usage } = active;
  const headSequence = Math.max(active.headSequence, execution.headSequence);
  return { ...execution, status, startedAt, completedAt, duration, headSequence, lastLine, usage };
}
