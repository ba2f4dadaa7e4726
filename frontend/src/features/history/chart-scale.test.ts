import { describe, expect, it } from "vitest";

import type { Group } from "@/api/types";

import { outcomeCounts, roundTicks, timeTicks, withEmptyDays } from "./chart-scale";

const group = (key: string, byStatus: Record<string, number> = {}) => ({ key, byStatus }) as Group;

describe("the axis of a chart", () => {
  it.each([0, 1, 3, 7, 12, 99, 101, 4_321])("has few round lines up to %s runs, and whole ones", (most) => {
    const ticks = roundTicks(most, 1);
    expect(ticks.at(-1)).toBeGreaterThanOrEqual(most);
    expect(ticks.length).toBeLessThanOrEqual(6);
    expect(ticks.every(Number.isInteger)).toBe(true);
  });

  it("counts cents in round parts", () => {
    expect(roundTicks(0.31, 0.01)).toEqual([0, 0.1, 0.2, 0.30000000000000004, 0.4]);
  });

  it("counts time as people do", () => {
    expect(timeTicks(200)).toEqual([0, 60, 120, 180, 240]);
    expect(timeTicks(0)).toEqual([0, 1]);
    expect(timeTicks(1_000_000).at(-1)).toBeGreaterThanOrEqual(1_000_000);
  });
});

describe("days", () => {
  it("on which nothing ran have their place, over the change of a month too", () => {
    const days = withEmptyDays([group("2026-02-27"), group("2026-03-02", { success: 1 })]);
    expect(days.map(({ key }) => key)).toEqual(["2026-02-27", "2026-02-28", "2026-03-01", "2026-03-02"]);
    expect(days.at(-1)?.byStatus).toEqual({ success: 1 });
  });

  it("are not filled up over years", () => {
    expect(withEmptyDays([group("2020-01-01"), group("2026-01-01")])).toHaveLength(2);
  });
});

it("what goes on counts as not over, whatever it waits for", () => {
  const counts = outcomeCounts({ byStatus: { success: 2, queued: 1, running: 1, waiting: 1, idle: 9 } });
  expect(counts).toEqual({ success: 2, error: 0, interrupted: 0, cancelled: 0, unfinished: 3 });
});
