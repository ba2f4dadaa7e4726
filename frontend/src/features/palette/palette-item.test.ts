import { describe, expect, it } from "vitest";

import { listed } from "./palette-item";
import type { Group, PaletteItem } from "./palette-item";

const item = (group: Group, title: string, hint?: string): PaletteItem => ({
  id: `${group} ${title}`,
  group,
  title,
  hint,
  act: () => {},
});
const titles = (items: readonly PaletteItem[], query: string) =>
  listed(items, query).map(({ title }) => title);

const items = [
  item("places", "New card"),
  item("cards", "#12 The cart is slow"),
  item("cards", "#1 Resume a run", "Plan"),
  item("cards", "#112 Discarded things"),
  item("logs", "Search"),
  item("card", "Run /plan", "#12"),
];

describe("the palette lists", () => {
  it("everything for no query, group by group", () => {
    expect(titles(items, " ")).toEqual([
      "Run /plan",
      "#12 The cart is slow",
      "#1 Resume a run",
      "#112 Discarded things",
      "New card",
      "Search",
    ]);
  });

  it("what has every word, in the title or beside it; the logs can always be asked", () => {
    expect(titles(items, "PLAN")).toEqual(["Run /plan", "#1 Resume a run", "Search"]);
    expect(titles(items, "cart slow")).toEqual(["#12 The cart is slow", "Search"]);
  });

  it("first the card of that number, then words that begin so, then the rest", () => {
    expect(titles(items, "1")[1]).toBe("#1 Resume a run");
    expect(titles(items, "#112")).toContain("#112 Discarded things");
    expect(titles(items.toReversed(), "car").slice(0, 2)).toEqual([
      "#12 The cart is slow",
      "#112 Discarded things",
    ]);
  });

  it("not more than fits", () => {
    const many = Array.from({ length: 2_000 }, (_, index) => item("cards", `#${index} Card`));
    expect(titles(many, "card")).toHaveLength(8);
    expect(titles(many, "1999")).toEqual(["#1999 Card"]);
  });
});
