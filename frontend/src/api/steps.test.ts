import { QueryClient } from "@tanstack/react-query";
import { describe, expect, it } from "vitest";

import { keepSteps, stepsOf, stepsQuery } from "./steps";
import type { Entry } from "./types";

const call = (steps: unknown, sequence = 7): Entry => ({
  sequence,
  timestamp: "2026-11-22T19:36:00.123Z",
  type: "command",
  kind: "tool",
  content: "TaskUpdate: 1",
  data: { tool: "TaskUpdate", toolUseId: "t", input: { taskId: "1" }, steps },
});

const steps = [
  { text: "Read the store", state: "done" },
  { text: "Mend it", state: "doing" },
  { text: "Test it", state: "open" },
];

describe("the agent's steps", () => {
  it("are what its entry tells, with the state of each", () => {
    expect(stepsOf(call(steps))).toEqual({ sequence: 7, list: steps });
    expect(stepsOf(call([]))).toEqual({ sequence: 7, list: [] });
  });

  it("are none where an entry tells of none", () => {
    expect(stepsOf(call(undefined))).toBeNull();
    expect(stepsOf({ ...call(steps), data: null })).toBeNull();
  });

  it("stand whatever an agent writes", () => {
    for (const odd of [null, 1, "x", {}]) expect(stepsOf(call(odd))).toBeNull();
    expect(stepsOf(call([null, 3, {}, { text: " " }]))?.list).toEqual([]);
    expect(stepsOf(call([{ text: "x", state: "constructor" }]))?.list).toEqual([
      { text: "x", state: "open" },
    ]);
  });

  it("are the newest, in whichever order they come", () => {
    const queries = new QueryClient();
    const shown = () => queries.getQueryData(stepsQuery("e").queryKey)?.sequence;
    keepSteps(queries, "e", [call(steps, 3), call(steps, 9)]);
    expect(shown()).toBe(9);
    keepSteps(queries, "e", [call(steps, 5), call(undefined, 12)]);
    expect(shown()).toBe(9);
  });
});
