import { describe, expect, it } from "vitest";

import type { Execution } from "@/api/types";

import { evidenceRows, shortEvidence, warningOf } from "./evidence";

const ended = (evidence: Execution["evidence"], rest: Partial<Execution> = {}) =>
  ({ evidence, exitCode: null, completedAt: null, ...rest }) as Execution;

describe("how a run ended, in a few words", () => {
  it.each([
    [{ exitCode: 1, signal: null }, "Exit code 1"],
    [{ exitCode: 0, signal: null }, "Exit code 0"],
    [{ exitCode: 143, signal: null }, "Exit code 143 (SIGTERM)"],
    [{ exitCode: null, signal: 9 }, "Signal SIGKILL"],
    [{ exitCode: null, signal: null, lost: "recorder-gone" }, "Recorder killed"],
    [{ exitCode: null, signal: null, lost: "rebooted" }, "Machine restarted"],
    [{ exitCode: null, signal: null, lost: "something new" }, "End not seen"],
    [{ startError: "no such program" }, "Did not start"],
    [{ cancelledBeforeStart: true }, "Never began"],
  ])("%j is %s", (evidence, words) => {
    expect(shortEvidence(ended(evidence))).toBe(words);
  });

  it("is no exit code where Retoma closed an agent that had nothing more to do", () => {
    expect(shortEvidence(ended({ exitCode: 143, closedByUs: true }))).toBe("Closed after its last turn");
  });

  it("is not told before it has ended", () => {
    expect(shortEvidence(ended(null))).toBeNull();
    expect(evidenceRows(ended(null))).toEqual([]);
  });
});

it("the evidence says what is known, and nothing of what is not", () => {
  const evidence = {
    exitCode: 1,
    signal: null,
    orphans: 0,
    closedByUs: false,
    finalEvent: "result/error",
    apiErrorStatus: 529,
    denied: 2,
    lastSequence: 1234,
  };
  const rows = evidenceRows(ended(evidence)).map(({ label, value }) => `${label}: ${value}`);
  expect(rows).toEqual([
    "Exit code: 1",
    "Final event: result/error",
    "API answered: 529",
    "Denied: 2",
    "Last line: 1,234",
  ]);
});

it("a success with denied calls has a warning", () => {
  expect(warningOf(ended({ denied: 2, warning: "2 tool calls were denied." }))).toBe(
    "2 requests were denied.",
  );
  expect(warningOf(ended({ denied: 0, warning: "Look at it." }))).toBe("Look at it.");
  expect(warningOf(ended({}))).toBeNull();
});
