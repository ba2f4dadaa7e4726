import { answerOf, client } from "./client";
import type { Entry, LogMatches, LogPage, MatchingEntries } from "./types";

/** A page of a log: up to `limit` entries after a sequence, before one, or the last `tail`. */
export type LogRange =
  | { after: number; limit?: number }
  | { before: number; limit?: number }
  | { tail: number };

export function fetchLogPage(executionId: string, range: LogRange, signal?: AbortSignal): Promise<LogPage> {
  const params = { path: { execution_id: executionId }, query: range };
  return answerOf(client.GET("/api/executions/{execution_id}/logs", { params, signal }));
}

/** One entry with its whole content (in pages and frames a content above 64 KiB is cut). */
export function fetchWholeEntry(executionId: string, sequence: number, signal?: AbortSignal): Promise<Entry> {
  const params = { path: { execution_id: executionId, sequence } };
  return answerOf(client.GET("/api/executions/{execution_id}/logs/{sequence}", { params, signal }));
}

/** Only entries of these types and kinds; without either, all. */
export type Filter = { type?: readonly Entry["type"][]; kind?: readonly Entry["kind"][] };

/** What is looked for in a log: words, and only entries of these types and kinds. */
export type Wanted = Filter & { q?: string };

/** Which of the matches are told: up to `limit` behind a sequence, the n-th, and how many each part of the log has. */
export type MatchRange = {
  after?: number;
  limit?: number;
  n?: number;
  buckets?: number;
  /** The parts are of these entries alone, by their place among themselves. */
  among?: Filter;
};

/** The matches in a log, as far as the server got in its time: `searchedTo`. */
export function searchLog(
  executionId: string,
  { type = [], kind = [], q }: Wanted,
  { among = {}, ...range }: MatchRange,
  signal?: AbortSignal,
): Promise<LogMatches> {
  const query = {
    ...range,
    q,
    type: [...type],
    kind: [...kind],
    amongType: [...(among.type ?? [])],
    amongKind: [...(among.kind ?? [])],
  };
  const params = { path: { execution_id: executionId }, query };
  return answerOf(client.GET("/api/executions/{execution_id}/logs/search", { params, signal }));
}

/** Entries of some types and kinds: up to `limit` behind the first `skip` of them. */
export function fetchMatching(
  executionId: string,
  { type = [], kind = [] }: Filter,
  range: { skip: number; limit: number },
  signal?: AbortSignal,
): Promise<MatchingEntries> {
  const params = {
    path: { execution_id: executionId },
    query: { ...range, type: [...type], kind: [...kind] },
  };
  return answerOf(client.GET("/api/executions/{execution_id}/logs/matching", { params, signal }));
}

/** What the lines from `first` to `last` say, whole; null where it is more than `most` characters. */
export async function fetchText(
  executionId: string,
  { first, last, most }: { first: number; last: number; most: number },
  signal: AbortSignal,
): Promise<string | null> {
  const query = { after: first - 1, limit: last - first + 1, contentOnly: true };
  const params = { path: { execution_id: executionId }, query };
  const call = client.GET("/api/executions/{execution_id}/text", { params, signal, parseAs: "stream" });
  const stream = await answerOf<ReadableStream<Uint8Array<ArrayBuffer>> | null>(call);
  let text = "";
  if (!stream) return text;
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    // One piece comes after the other.
    // oxlint-disable-next-line no-await-in-loop
    const { value, done } = await reader.read();
    if (done) return text;
    text += value;
    if (text.length > most) {
      void reader.cancel();
      return null;
    }
  }
}

/** Where a log is downloaded from as text: the whole one, or these lines of it. */
export function textAddress(executionId: string, lines?: { first: number; last: number }): string {
  const part = lines ? `?after=${lines.first - 1}&limit=${lines.last - lines.first + 1}` : "";
  return `/api/executions/${executionId}/text${part}`;
}

/** Where it is downloaded as the agent wrote it. */
export const journalAddress = (executionId: string): string => `/api/executions/${executionId}/raw`;
