import { describe, expect, it } from "vitest";

import type { Card } from "@/api/types";
import type { CardStatus } from "@/lib/status";

import { newsOf, runsOf } from "./arrivals";

const card = (status: CardStatus | null, run = "r") =>
  ({
    id: "c",
    number: 3,
    activeExecution: status && { id: run, status, command: "/plan" },
  }) as Card;

const after = (before: Card, now: Card) => newsOf(runsOf([before]), [now]);

describe("what is said about a card", () => {
  it("is that its run ended, and how", () => {
    expect(after(card("running"), card("success"))).toEqual(["#3: /plan, Succeeded"]);
    expect(after(card("waiting"), card("interrupted"))).toEqual(["#3: /plan, Interrupted"]);
  });

  it("is that it needs the user", () => {
    expect(after(card("running"), card("waiting"))).toEqual(["#3 needs you"]);
    expect(after(card(null), card("waiting"))).toEqual(["#3 needs you"]);
  });

  it("is nothing where nothing happened, where a run began, or where its end was not seen", () => {
    expect(after(card("running"), card("running"))).toEqual([]);
    expect(after(card("queued"), card("running"))).toEqual([]);
    expect(after(card("success"), card("running", "other"))).toEqual([]);
    expect(after(card(null), card("success"))).toEqual([]);
    expect(after(card("running"), card("success", "other"))).toEqual([]);
  });
});
