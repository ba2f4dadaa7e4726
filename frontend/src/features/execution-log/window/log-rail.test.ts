import { expect, it } from "vitest";

import { thumbOf } from "./log-rail";

it("the rail's thumb is at the top for the first line and at the bottom for the last", () => {
  expect(thumbOf(1, 30, 1_000_000).at).toBe(0);
  expect(thumbOf(999_971, 1_000_000, 1_000_000).at).toBe(1);
  expect(thumbOf(1, 5, 5)).toEqual({ at: 0, size: 1 });
  expect(thumbOf(1, 1, 0)).toEqual({ at: 0, size: 1 });
});
