import { expect, it } from "vitest";

import { countAll, stepAfter, stepBefore, stepTo } from "./steps";
import { MemorySource, entryOf } from "../testing";

const source = new MemorySource(100, (sequence) =>
  entryOf(sequence, { type: sequence % 40 ? "info" : "error" }),
);
const errors = { type: ["error"] } as const;

it("goes from match to match, and says where there is none", async () => {
  const { find } = source;
  expect(await stepAfter(find, errors, 0)).toEqual({ n: 1, line: 40 });
  expect(await stepAfter(find, errors, 40)).toEqual({ n: 2, line: 80 });
  expect(await stepAfter(find, errors, 80)).toBeNull();
  expect(await stepBefore(find, errors, 80)).toEqual({ n: 1, line: 40 });
  expect(await stepBefore(find, errors, 81)).toEqual({ n: 2, line: 80 });
  expect(await stepBefore(find, errors, 40)).toBeNull();
  expect(await stepTo(find, errors, 3)).toBeNull();
});

it("counts on until the whole log has been searched", async () => {
  const whole = await source.find(errors, { limit: 0 });
  let calls = 0;
  const slow = async () => ({ ...whole, searchedTo: Math.min(100, ++calls * 40), total: calls });
  const heard: number[] = [];
  await countAll(slow, errors, { buckets: 10 }, new AbortController().signal, ({ total }) =>
    heard.push(total),
  );
  expect(heard).toEqual([1, 2, 3]);
});
