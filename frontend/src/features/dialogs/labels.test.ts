import { expect, it } from "vitest";

import { labelsOf } from "./labels";

it("labels stand between commas, none empty and none twice", () => {
  expect(labelsOf(" bug, two words,,bug , ")).toEqual(["bug", "two words"]);
  expect(labelsOf("")).toEqual([]);
});
