import { describe, expect, it } from "vitest";

import { elapsedSeconds, formatCost, formatDuration } from "./format";

describe("a duration", () => {
  it.each([
    [0, "0s"],
    [59.9, "59s"],
    [60, "1m 00s"],
    [271, "4m 31s"],
    [3_600, "1h 00m"],
    [86_399, "23h 59m"],
    [86_400, "1d 00h"],
    [-3, "0s"],
  ])("of %d seconds reads %s", (seconds, words) => expect(formatDuration(seconds)).toBe(words));
});

describe("the time a run has taken", () => {
  const startedAt = "2026-11-22T19:00:00.000Z";
  const now = Date.parse(startedAt) + 90_000;

  it("is counted from its start while it goes on", () =>
    expect(elapsedSeconds({ startedAt, completedAt: null, duration: 3 }, now)).toBe(90));

  it("is the server's figure once it is over", () =>
    expect(elapsedSeconds({ startedAt, completedAt: startedAt, duration: 12.5 }, now)).toBe(12.5));

  it("is unknown before it starts", () =>
    expect(elapsedSeconds({ startedAt: null, completedAt: null, duration: null }, now)).toBeNull());

  it("is never negative, whatever the clocks say", () =>
    expect(elapsedSeconds({ startedAt, completedAt: null, duration: 0 }, now - 100_000)).toBe(0));
});

describe("a cost", () => {
  it.each([
    [0, "$0.00"],
    [0.004, "<$0.01"],
    [0.47, "$0.47"],
    [12, "$12.00"],
    [1_234.5, "$1,234.50"],
  ])("of %d reads %s", (dollars, words) => expect(formatCost(dollars)).toBe(words));
});
