import { expect, it } from "vitest";

import { stretchesOf } from "./whole-text";

it("a text in stretches is the same text", () => {
  const text = `${"a line of some length\n".repeat(5_000)}${"x".repeat(100_000)}`;
  const stretches = stretchesOf(text);
  expect(stretches.map((stretch) => stretch.text).join("")).toBe(text);
  expect(Math.max(...stretches.map((stretch) => stretch.text.length))).toBeLessThanOrEqual(32_768);
  expect(stretches[0]?.text.endsWith("\n")).toBe(true);
});
