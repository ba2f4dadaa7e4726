import { describe, expect, it } from "vitest";

import type { RecoveredRun, Recovery } from "@/api/types";

import { interruptedRuns, recoveryLine } from "./recovery-words";

const run = (outcome: RecoveredRun["outcome"], executionId = "e"): RecoveredRun => ({
  executionId,
  cardId: "c",
  command: "/test",
  outcome,
  caughtUp: 0,
  reason: null,
});

const report = (rest: Partial<Recovery>): Recovery => ({
  worker: "w",
  startedAt: "2020-11-22T11:03:00.000Z",
  completedAt: "2020-11-22T11:03:01.000Z",
  continued: 0,
  caughtUp: 0,
  settled: 0,
  interrupted: 0,
  runs: [run("continued")],
  ...rest,
});

const partsOf = (recovery: Recovery) => recoveryLine(recovery)?.replace(/^.* at .*?\d{2}.*?: /, "");

describe("the line after a restart", () => {
  it("is not there where there was nothing to recover", () => {
    expect(recoveryLine(report({ runs: [] }))).toBeNull();
  });

  it("tells what goes on, was caught up, had ended and was interrupted, and nothing of what was not", () => {
    expect(partsOf(report({ continued: 2, caughtUp: 14, interrupted: 1 }))).toBe(
      "2 runs go on, 14 entries caught up, 1 interrupted",
    );
    expect(partsOf(report({ continued: 1, caughtUp: 1, settled: 3 }))).toBe(
      "1 run goes on, 1 entry caught up, 3 had ended",
    );
  });

  it("says that it is not complete yet", () => {
    expect(partsOf(report({ continued: 1, completedAt: null }))).toBe("1 run goes on, still reading");
  });
});

it("only runs whose end nobody saw are linked", () => {
  const runs = [run("continued", "a"), run("interrupted", "b"), run("settled", "c")];
  expect(interruptedRuns(report({ runs })).map(({ executionId }) => executionId)).toEqual(["b"]);
});
