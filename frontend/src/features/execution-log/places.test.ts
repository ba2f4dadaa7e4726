import { expect, it } from "vitest";

import { thumbOf } from "./log-rail";
import { stretchesOf } from "./whole-text";

it("the rail's thumb is at the top for the first line and at the bottom for the last", () => {
  expect(thumbOf(1, 30, 1_000_000).at).toBe(0);
  expect(thumbOf(999_971, 1_000_000, 1_000_000).at).toBe(1);
  expect(thumbOf(1, 5, 5)).toEqual({ at: 0, size: 1 });
  expect(thumbOf(1, 1, 0)).toEqual({ at: 0, size: 1 });
});

it("a text in stretches is the same text", () => {
  const text = `${"a line of some length\n".repeat(5_000)}${"x".repeat(100_000)}`;
  const stretches = stretchesOf(text);
  expect(stretches.map((stretch) => stretch.text).join("")).toBe(text);
  expect(Math.max(...stretches.map((stretch) => stretch.text.length))).toBeLessThanOrEqual(32_768);
  expect(stretches[0]?.text.endsWith("\n")).toBe(true);
});
