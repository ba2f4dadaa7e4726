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
