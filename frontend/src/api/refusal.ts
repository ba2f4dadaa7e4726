import type { Messages } from "@/lib/messages";

import type { components } from "./schema";

type CodeIn<T> = T extends `urn:retoma:problem:${infer Code}` ? Code : never;

/** The codes that the API's description names. */
export type ProblemCode = CodeIn<components["schemas"]["Problem"]["type"]>;

/** What the server tells of a refusal, as far as it is understood. */
export type Refusal = { type?: string; title?: string; detail?: string };

/** Their sentence says all; what the server adds (a name, an address) tells a reader nothing. */
const WITHOUT_DETAIL: ReadonlySet<string> = new Set<ProblemCode>([
  "gone",
  "internal-server-error",
  "method-not-allowed",
  "misdirected-request",
  "not-found",
  "unauthorized",
]);

/**
 * Why the server refused, for a reader of its own language (English): its own sentence, which says most. For all others
 * it is the sentence for the problem's code, and behind it the server's, where that may say something of its own.
 */
export function refusalWords(
  { type, title, detail }: Refusal,
  texts: Messages["refused"],
  asTold: boolean,
): string {
  const code = type?.split(":").at(-1) ?? "";
  // Every code has its words: that is what the type of `byCode` is held to.
  const byCode: Record<ProblemCode, string> = texts.byCode;
  const sentence = new Map(Object.entries(byCode)).get(code);
  const told = detail || title || "";
  if (sentence === undefined || (asTold && told !== "")) return told;
  return detail && !WITHOUT_DETAIL.has(code) ? texts.withDetail(sentence, detail) : sentence;
}
