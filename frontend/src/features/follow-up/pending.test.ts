import { expect, it } from "vitest";

import type { Execution, Message } from "@/api/types";

import { pendingOf, undeliveredOf } from "./pending";

const message = (n: number, rest: Partial<Message>): Message => ({
  executionId: "e",
  n,
  text: `text ${n}`,
  state: "queued",
  createdAt: "2026-11-22T19:00:00.000Z",
  deliveredAt: null,
  idempotencyKey: null,
  ...rest,
});

const execution = (...messages: Message[]) => ({ id: "e", messages }) as Execution;

it("a message that the server shows already is not shown a second time as one that is being sent", () => {
  const known = execution(message(2, { idempotencyKey: "a" }), message(3, { state: "sending" }));
  const outgoing = [
    { key: "a", text: "text 2" },
    { key: "b", text: "text 2" },
  ];
  expect(pendingOf(known, outgoing)).toEqual([
    { key: "2", text: "text 2", state: "on-the-way" },
    { key: "3", text: "text 3", state: "on-the-way" },
    { key: "b", text: "text 2", state: "sending" },
  ]);
});

it("what a run ended too early for is no longer on its way", () => {
  const known = execution(message(2, { state: "undelivered" }));
  expect(pendingOf(known, [])).toEqual([]);
  expect(undeliveredOf(known).map(({ n }) => n)).toEqual([2]);
});
