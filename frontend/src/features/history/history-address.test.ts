import { describe, expect, it } from "vitest";

import { filtersOf, historyAddress, isNarrowed } from "./history-address";

const now = new Date(2026, 10, 24, 15, 30);

describe("the address of the history", () => {
  it("keeps what it understands and nothing else", () => {
    const address = historyAddress({
      q: "boom",
      status: "error,nonsense,interrupted",
      command: "/fly",
      x: 1,
    });
    expect(JSON.parse(JSON.stringify(address))).toEqual({ q: "boom", status: "error,interrupted" });
  });

  it("a text that looks like a number is a text", () => {
    expect(historyAddress({ q: 404 }).q).toBe("404");
  });

  it("the last seven days begin at midnight six days ago, in the reader's zone", () => {
    expect(filtersOf({ since: "7" }, now).from).toBe(new Date(2026, 10, 18).toISOString());
    expect(filtersOf({ since: "1" }, now).from).toBe(new Date(2026, 10, 24).toISOString());
  });

  it("the last day of two dates is part of the span, and dates count only when they are asked for", () => {
    const dates = { from: "2026-11-01", to: "2026-11-30" };
    const filters = filtersOf({ since: "dates", ...dates }, now);
    expect([filters.from, filters.to]).toEqual([
      new Date(2026, 10, 1).toISOString(),
      new Date(2026, 11, 1).toISOString(),
    ]);
    expect(filtersOf(dates, now).from).toBeUndefined();
  });

  it("a view is no filter", () => {
    expect(isNarrowed(historyAddress({ view: "charts", by: "agent" }))).toBe(false);
    expect(isNarrowed(historyAddress({ status: "error" }))).toBe(true);
  });
});
