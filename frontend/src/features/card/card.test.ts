import { describe, expect, it } from "vitest";

import type { ActiveExecution, Card, Execution } from "@/api/types";

import { nextCommand } from "./next-command";
import { withBoardState } from "./run-state";

const active = {
  id: "e",
  status: "success",
  command: "/plan",
  agent: "rehearsal",
  startedAt: "2026-11-22T19:00:00.000Z",
  completedAt: "2026-11-22T19:01:00.000Z",
  duration: 60,
  headSequence: 9,
  lastLine: "done",
  usage: null,
} satisfies ActiveExecution;

const card = (activeExecution: ActiveExecution | null, plan: string | null = null) =>
  ({ activeExecution, plan }) as Card;

describe("the command a card is offered first", () => {
  it("is /plan, and /implement once there is a plan", () => {
    expect(nextCommand(card(null))).toBe("/plan");
    expect(nextCommand(card(null, "# Plan"))).toBe("/implement");
  });

  it("is the following one after a success, the same one after anything else, and none after the last", () => {
    expect(nextCommand(card(active))).toBe("/implement");
    expect(nextCommand(card({ ...active, status: "error" }))).toBe("/plan");
    expect(nextCommand(card({ ...active, command: "/review" }))).toBeNull();
  });
});

describe("a run in the history", () => {
  const stale = {
    id: "e",
    status: "running",
    completedAt: null,
    duration: 1,
    headSequence: 12,
    isActive: true,
  } as Execution;

  it("has the state that the board saw last, and never fewer lines than before", () => {
    expect(withBoardState(stale, active)).toMatchObject({
      status: "success",
      duration: 60,
      headSequence: 12,
    });
  });

  it("is no longer the card's own once another run is, or the card was cleared", () => {
    expect(withBoardState(stale, { ...active, id: "f" })).toMatchObject({
      isActive: false,
      status: "running",
    });
    expect(withBoardState(stale, null).isActive).toBe(false);
  });
});
