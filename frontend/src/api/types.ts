/** The shapes on the wire, from the server's own description of its API (schema.d.ts, made by `npm run generate`). */
import type { components } from "./schema";

type Schemas = components["schemas"];

export type Command = Schemas["Command"];
export type Column = Schemas["Column"];
export type Usage = Schemas["Usage"];
export type ActiveExecution = Schemas["ActiveExecution"];
export type Card = Schemas["Card"];
export type AgentRequest = Schemas["AgentRequest"];
export type Message = Schemas["Message"];
export type Execution = Schemas["Execution"];
export type Recovery = Schemas["Recovery"];
export type RecoveredRun = Schemas["RecoveredRun"];
export type Entry = Schemas["Entry"];
export type LogPage = Schemas["LogPage"];
/** Of a match in a log, where it is: what it says is read with the log itself. */
export type LogMatches = Omit<Schemas["LogMatches"], "items"> & { items: readonly { sequence: number }[] };
export type MatchingEntries = Schemas["MatchingEntries"];
export type Project = Schemas["Project"];
export type Agent = Schemas["Agent"];
export type Storage = Schemas["Storage"];
export type Sweep = Schemas["Sweep"];
export type Diff = Schemas["Diff"];
export type DiffFile = Schemas["DiffFile"];
export type DiffHunk = Schemas["DiffHunk"];
export type Status = Schemas["Status"];
/** The places of a snippet that match are pairs on the wire; the client's types know them as lists. */
type Snippet = Omit<Schemas["Snippet"], "ranges"> & { ranges: readonly (readonly number[])[] };
export type SearchItem = Omit<Schemas["SearchItem"], "snippet"> & { snippet: Snippet };
export type Figures = Schemas["Figures"];
export type Group = Schemas["Group"];
export type Grouping = Schemas["Grouping"];

export const commands = ["/plan", "/implement", "/test", "/review"] as const satisfies readonly Command[];
