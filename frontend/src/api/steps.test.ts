import { QueryClient } from "@tanstack/react-query";
import { describe, expect, it } from "vitest";

import { keepSteps, stepsOf, stepsQuery } from "./steps";
import type { Entry } from "./types";

const call = (input: unknown, rest: object = {}, sequence = 7): Entry => ({
  sequence,
  timestamp: "2026-11-22T19:36:00.123Z",
  type: "command",
  kind: "tool",
  content: "TodoWrite",
  data: { tool: "TodoWrite", toolUseId: "t", input, ...rest },
});

const todos = [
  { content: "Read the store", status: "completed", activeForm: "Reading the store" },
  { content: "Mend it", status: "in_progress", activeForm: "Mending it" },
  { content: "Test it", status: "pending", activeForm: "Testing it" },
];

describe("the agent's steps", () => {
  it("are what it wrote down, with the state of each", () => {
    expect(stepsOf(call({ todos }))).toEqual({
      sequence: 7,
      list: [
        { text: "Read the store", state: "done" },
        { text: "Mend it", state: "doing" },
        { text: "Test it", state: "open" },
      ],
    });
  });

  it("are none in any other entry, and none of a subagent", () => {
    expect(stepsOf({ ...call({ todos }), kind: "request" })).toBeNull();
    expect(stepsOf(call({ todos }, { tool: "Grep" }))).toBeNull();
    expect(stepsOf(call({ todos }, { parentToolUseId: "p" }))).toBeNull();
  });

  it("stand whatever an agent writes", () => {
    for (const input of [null, 1, "x", {}, { todos: "x" }, { todos: [null, 3, {}, { content: " " }] }]) {
      expect(stepsOf(call(input))?.list).toEqual([]);
    }
    const odd = { todos: [{ content: "x", status: "constructor" }] };
    expect(stepsOf(call(odd))?.list).toEqual([{ text: "x", state: "open" }]);
  });

  it("are the newest, in whichever order they come", () => {
    const queries = new QueryClient();
    const shown = () => queries.getQueryData(stepsQuery("e").queryKey)?.sequence;
    keepSteps(queries, "e", [call({ todos }, {}, 3), call({ todos }, {}, 9)]);
    expect(shown()).toBe(9);
    keepSteps(queries, "e", [call({ todos }, {}, 5), call({}, { tool: "Bash" }, 12)]);
    expect(shown()).toBe(9);
  });
});
