import { expect, it } from "vitest";

import { FilteredSource } from "./filtered-source";
import { FILTERS } from "../toolbar/filters";
import { MemorySource, entryOf } from "../testing";

const signal = new AbortController().signal;
// Every third line is an error.
const make = (sequence: number) => entryOf(sequence, { type: sequence % 3 === 0 ? "error" : "info" });

function errorsOf(head: number) {
  const source = new MemorySource(head, make);
  return { source, errors: new FilteredSource(source, FILTERS.errors) };
}

it("has the entries that are let through at the places 1 to head", async () => {
  const { errors } = errorsOf(3_000);
  const tail = await errors.readTail(10, signal);
  expect(tail.headSequence).toBe(1_000);
  expect(tail.logs.map(({ sequence }) => sequence)).toEqual(
    Array.from({ length: 10 }, (_, index) => 2_973 + 3 * index),
  );
  expect(tail.logs.map(errors.placeOf)).toEqual(Array.from({ length: 10 }, (_, index) => 991 + index));
  const page = await errors.readAfter(500, 2, signal);
  expect(page.logs.map((entry) => [entry.sequence, errors.placeOf(entry)])).toEqual([
    [1_503, 501],
    [1_506, 502],
  ]);
});

it("leads to a line that is shown, or to the next one, or to the last", async () => {
  const { errors } = errorsOf(30);
  expect(await Promise.all([3, 4, 6, 1, 30, 99].map(errors.placeAt))).toEqual([1, 2, 2, 1, 10, 10]);
});

it("counts on by what comes live, each entry once", async () => {
  const { source, errors } = errorsOf(30);
  await errors.readTail(500, signal);
  const heard: number[][] = [];
  errors.follow(10, (entries) =>
    heard.push(...entries.map((entry) => [entry.sequence, errors.placeOf(entry)])),
  );
  expect(source.calls).toContain("follow 30");
  source.append(6);
  source.send([make(33), make(37), make(38), make(39)]);
  expect(heard).toEqual([
    [33, 11],
    [36, 12],
    [39, 13],
  ]);
});

it("counts again where live entries left a hole", async () => {
  const { source, errors } = errorsOf(30);
  await errors.readTail(500, signal);
  const heard: number[][] = [];
  errors.follow(10, (entries) =>
    heard.push(...entries.map((entry) => [entry.sequence, errors.placeOf(entry)])),
  );
  source.head = 60;
  source.send([make(59), make(60)]);
  await expect.poll(() => heard).toEqual([[60, 20]]);
});
