import type { Filter } from "@/api/logs";

/** What of a log can be shown alone. */
export const FILTERS = {
  all: {},
  messages: { kind: ["message", "request"] },
  tools: { kind: ["tool", "result"] },
  errors: { type: ["error"] },
} as const satisfies Record<string, Filter>;

export type FilterName = keyof typeof FILTERS;

export const filterNames = ["all", "messages", "tools", "errors"] as const satisfies readonly FilterName[];

/** Whether the questions of an agent are among what is shown. */
export const hasQuestions = (name: FilterName): boolean => name === "all" || name === "messages";
