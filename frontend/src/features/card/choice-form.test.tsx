import { act } from "react";
import { createRoot } from "react-dom/client";
import type { Root } from "react-dom/client";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { ChoiceForm } from "./choice-form";

const questions = ["Which?", "For what?"].map((text, at) => ({
  text,
  several: at === 1,
  options: [
    { label: "No", description: null },
    { label: "Yes", description: null },
  ],
}));

let root: Root;
let host: HTMLElement;
const onAnswer = vi.fn();

beforeEach(async () => {
  Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });
  onAnswer.mockClear();
  host = document.body.appendChild(document.createElement("div"));
  root = createRoot(host);
  await act(async () =>
    root.render(
      <ChoiceForm questions={questions} busy={false} asked={false} onAnswer={onAnswer} onDeny={vi.fn()} />,
    ),
  );
});

afterEach(async () => {
  await act(async () => root.unmount());
  host.remove();
});

const fields = (type: string) => [...host.querySelectorAll<HTMLInputElement>(`input[type=${type}]`)];
const click = (element: HTMLElement | null | undefined) => act(async () => element?.click());

/** Writes sign by sign, as a reader does. */
async function write(field: HTMLInputElement | undefined, words: string): Promise<void> {
  // React does not hear of a value that is set by the field's own property.
  const value = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value");
  for (let length = 1; length <= words.length; length++) {
    // oxlint-disable-next-line no-await-in-loop
    await act(async () => {
      value?.set?.call(field, words.slice(0, length));
      field?.dispatchEvent(new Event("input", { bubbles: true }));
    });
  }
}

it("own words that begin as an option does do not choose it", async () => {
  const [single, several] = fields("text");
  await write(single, "Nobody knows");
  await click(fields("checkbox")[1]);
  await write(several, "None of these");
  expect(fields("checkbox").map(({ checked }) => checked)).toEqual([false, true]);
  await click(host.querySelector<HTMLElement>("button[type=submit]"));
  expect(onAnswer).toHaveBeenCalledExactlyOnceWith("Which? Nobody knows\nFor what? Yes, None of these");
});

it("of one answer, own words and an option take each other's place", async () => {
  const [single] = fields("text");
  await click(fields("radio")[0]);
  await write(single, "Both");
  expect(fields("radio").map(({ checked }) => checked)).toEqual([false, false]);
  await click(fields("radio")[1]);
  expect(single?.value).toBe("");
  expect(host.querySelector<HTMLButtonElement>("button[type=submit]")?.disabled).toBe(true);
});
