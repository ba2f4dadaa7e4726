/** The shapes on the wire. Times are RFC 3339 UTC with milliseconds; null where a value is not known. */

export type Status = "queued" | "running" | "waiting" | "success" | "error" | "cancelled" | "interrupted";

export type Command = "/plan" | "/implement" | "/test" | "/review";

export const commands = ["/plan", "/implement", "/test", "/review"] as const satisfies readonly Command[];

export type Column = "backlog" | "plan" | "implement" | "test" | "review" | "done";

export type Usage = {
  inputTokens: number | null;
  outputTokens: number | null;
  cacheReadTokens: number | null;
  cacheWriteTokens: number | null;
  costUsd: number | null;
};

/** The card's latest execution until it is cleared, as far as the board shows it. */
export type ActiveExecution = {
  id: string;
  status: Status;
  command: Command;
  agent: string;
  startedAt: string | null;
  completedAt: string | null;
  /** Seconds. While a run goes on it is the value at the moment of the answer; the page ticks from startedAt. */
  duration: number | null;
  headSequence: number;
  lastLine: string | null;
  usage: Usage | null;
};

export type Card = {
  id: string;
  projectId: string;
  number: number;
  title: string;
  description: string;
  column: Column;
  /** Sort key within the column: smaller first. */
  position: number;
  labels: string[];
  pinned: boolean;
  agent: string | null;
  plan: string | null;
  branch: string | null;
  createdAt: string;
  updatedAt: string;
  activeExecution: ActiveExecution | null;
};

/** An approval or question of the agent: stored, answered once. */
export type AgentRequest = {
  executionId: string;
  cardId: string;
  n: number;
  sequence: number;
  question: string;
  tool: string | null;
  input: Record<string, unknown>;
  state: "open" | "answered" | "withdrawn";
  decision: "allow" | "deny" | null;
  message: string | null;
  createdAt: string;
  answeredAt: string | null;
};

export type NextAction = "cancel" | "answer" | "run-again" | "clear" | "resume";

export type Execution = {
  id: string;
  cardId: string;
  projectId: string;
  command: Command;
  agent: string;
  status: Status;
  isActive: boolean;
  attemptOf: string | null;
  agentSession: string | null;
  prompt: string | null;
  createdAt: string;
  startedAt: string | null;
  completedAt: string | null;
  duration: number | null;
  result: string | null;
  error: string | null;
  exitCode: number | null;
  usage: Usage | null;
  headSequence: number;
  lastLine: string | null;
  evidence: Record<string, unknown> | null;
  nextActions: NextAction[];
  openRequests: AgentRequest[];
};

export type EntryType = "info" | "error" | "warning" | "success" | "command" | "system";

export type EntryKind = "message" | "thinking" | "tool" | "result" | "request" | "system" | "raw";

/** One entry of an execution's log. `sequence` runs 1, 2, 3 … without a gap. */
export type Entry = {
  sequence: number;
  timestamp: string;
  type: EntryType;
  kind: EntryKind;
  content: string;
  data: Record<string, unknown> | null;
};

export type LogPage = {
  executionId: string;
  status: Status;
  firstSequence: number;
  headSequence: number;
  logs: Entry[];
  nextAfter: number | null;
};

export type Project = {
  id: string;
  name: string;
  path: string;
  defaultBranch: string;
  testCommand: string | null;
  agent: string;
  createdAt: string;
};

export type Agent = {
  name: string;
  title: string;
  available: boolean;
  version: string | null;
  program: string | null;
  hint: string | null;
  capabilities: { resume: boolean; messages: boolean; approvals: boolean; cost: boolean; thinking: boolean };
};

export type Page<T> = { items: T[]; nextCursor: string | null };
