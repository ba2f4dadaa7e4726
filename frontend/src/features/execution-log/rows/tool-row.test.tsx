import { act } from "react";
import { createRoot } from "react-dom/client";
import type { Root } from "react-dom/client";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import type { Entry } from "@/api/types";

import { LogRow } from "./log-row";
import { entryOf } from "../testing";

let root: Root;
let host: HTMLElement;

beforeEach(() => {
  Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });
  host = document.body.appendChild(document.createElement("div"));
  root = createRoot(host);
});

afterEach(() => {
  act(() => root.unmount());
  host.remove();
});

const actions = {
  toggle: () => {},
  choose: () => {},
  extend: () => {},
  readWhole: async (sequence: number) => entryOf(sequence),
};
const rest = { sequence: 7, row: 0, marked: false, measure: () => {}, actions };

async function show(entry: Entry, open = false, result?: Entry): Promise<void> {
  await act(async () => root.render(<LogRow {...rest} entry={entry} result={result} open={open} />));
}

const content = () => host.querySelector<HTMLElement>("[data-content]");

const resultOf = (data: object, said: string) =>
  entryOf(8, {
    kind: "result",
    content: said,
    timestamp: "2026-11-22T19:36:18.123Z",
    data: { toolUseId: "t", isError: false, ...data },
  });

describe("a tool call", () => {
  const input = { file_path: "a.py", old_string: "one", new_string: "two" };
  const edit = entryOf(7, {
    kind: "tool",
    content: "Edit a.py",
    data: { tool: "Edit", toolUseId: "t", input },
  });
  it("says on its line what came of it", async () => {
    await show(edit, false, resultOf({}, "x".repeat(3_000)));
    expect(host.querySelector("button")?.textContent).toContain("+1 −1");
    expect(host.querySelector("button")?.textContent).toContain("3 kB · ok · 18s");
    await show(edit, false, resultOf({ isError: true, exitCode: 2 }, "no"));
    expect(host.querySelector("button")?.textContent).toContain("2 B · exit 2 · 18s");
    expect(content()?.textContent).toBe("Edit a.py");
  });

  it("opens to the change line by line, and to its output", async () => {
    await show(edit, true, resultOf({}, "The file was changed."));
    const lines = [...host.querySelectorAll("li")].map((line) => [line.dataset["sign"], line.textContent]);
    expect(lines).toEqual([
      ["-", "−removed: one"],
      ["+", "+added: two"],
    ]);
    expect([...host.querySelectorAll("dt")].map((name) => name.textContent)).toEqual(["file_path"]);
    expect(host.textContent).toContain("The file was changed.");
  });

  it("has a quiet line for an output of many, and shows it where something failed", async () => {
    await show(resultOf({}, "one\ntwo\nthree"));
    expect(content()?.textContent).toBe("one");
    expect(host.textContent).toContain("3 lines");
    await show(resultOf({}, "one\ntwo\nthree"), true);
    expect(content()?.textContent).toBe("one\ntwo\nthree");
    await show(resultOf({ isError: true }, "one\ntwo\nthree"));
    expect(content()?.textContent).toBe("one\ntwo\nthree");
  });
});
