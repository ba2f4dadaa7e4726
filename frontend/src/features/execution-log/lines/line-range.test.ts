import { expect, it } from "vitest";

import { hashOf, holds, rangeIn } from "./line-range";

it("only #L and a number, or two of them, name lines", () => {
  expect(rangeIn("#L500001")).toEqual({ from: 500_001, to: 500_001 });
  expect(rangeIn("#L12-L40")).toEqual({ from: 12, to: 40 });
  expect(rangeIn("#L40-12")).toEqual({ from: 40, to: 12 });
  const others = [
    "",
    "#L0",
    "#L-3",
    "#l5",
    "#L5x",
    "#L1e9",
    "#L99999999999999999",
    "#L1-",
    "#L1-L0",
    "#L1-L2-L3",
  ];
  for (const hash of others) expect(rangeIn(hash), hash).toBeNull();
});

it("an address names the first line first, whichever was chosen first", () => {
  expect(hashOf({ from: 40, to: 12 })).toBe("#L12-L40");
  expect(hashOf({ from: 7, to: 7 })).toBe("#L7");
  expect([11, 12, 40, 41].map((line) => holds({ from: 40, to: 12 }, line))).toEqual([
    false,
    true,
    true,
    false,
  ]);
  expect(holds(null, 1)).toBe(false);
});
