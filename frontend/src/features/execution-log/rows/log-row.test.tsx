import { act } from "react";
import { createRoot } from "react-dom/client";
import type { Root } from "react-dom/client";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import type { Entry } from "@/api/types";

import { LogRow } from "./log-row";
import { entryOf } from "../testing";

let root: Root;
let host: HTMLElement;
const toggled: number[] = [];

beforeEach(() => {
  Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });
  host = document.body.appendChild(document.createElement("div"));
  root = createRoot(host);
  toggled.length = 0;
});

afterEach(() => {
  act(() => root.unmount());
  host.remove();
});

const actions = {
  toggle: (sequence: number) => toggled.push(sequence),
  choose: () => {},
  extend: () => {},
  readWhole: async (sequence: number) =>
    entryOf(sequence, { content: "the whole of it", data: { input: { content: "whole input" } } }),
};

async function show(entry: Entry | null | undefined, open = false): Promise<HTMLElement> {
  await act(async () =>
    root.render(
      <LogRow
        sequence={7}
        row={0}
        entry={entry}
        open={open}
        marked={false}
        measure={() => {}}
        actions={actions}
      />,
    ),
  );
  return host;
}

const content = () => host.querySelector<HTMLElement>("[data-content]");

describe("hostile text", () => {
  const hostile =
    "<img src=x onerror=alert(1)><script>alert(1)</script><a href='javascript:alert(1)'>x</a> \u202eevil";

  it.each(["message", "tool", "result", "request", "system", "raw", "thinking"] as const)(
    "stays text in %s",
    async (kind) => {
      await show(
        entryOf(7, { kind, content: hostile, data: { tool: hostile, input: { [hostile]: hostile } } }),
        true,
      );
      expect(content()?.textContent).toContain(hostile);
      expect(host.querySelector("img, script, [onerror]")).toBeNull();
      expect([...host.querySelectorAll("a")].map((link) => link.getAttribute("href"))).toEqual(["#L7"]);
    },
  );

  it("links to the web without a way back", async () => {
    await show(entryOf(7, { content: "see https://a.example/ and javascript:alert(1)" }));
    const link = host.querySelector("a[target]");
    expect(link?.getAttribute("href")).toBe("https://a.example/");
    expect(link?.getAttribute("rel")).toBe("noopener noreferrer");
  });
});

describe("a row", () => {
  it("carries its sequence, and exactly the stored text", async () => {
    const text = "  two spaces\n\ttab\r\n\nend  ";
    await show(entryOf(7, { content: text }));
    expect(host.firstElementChild?.getAttribute("data-sequence")).toBe("7");
    expect(content()?.textContent).toBe(text);
  });

  it("tells the time in UTC in the title", async () => {
    await show(entryOf(7));
    expect(host.querySelector("time")?.title).toBe("2026-11-22 19:36:00.123 UTC");
  });

  it("shows a place holder while its page is read, and says when it is gone", async () => {
    await show(undefined);
    expect(host.querySelector("[data-skeleton]")).not.toBeNull();
    await show(null);
    expect(host.textContent).toContain("not kept");
  });

  it("shows colours of a terminal as spans", async () => {
    await show(entryOf(7, { kind: "raw", content: "\u001b[32mok\u001b[0m <b>", data: { stream: "stdout" } }));
    expect(content()?.textContent).toBe("ok <b>");
    expect(content()?.dataset["escapes"]).toBe("true");
    expect(content()?.querySelectorAll("span").length).toBeGreaterThan(0);
  });
});

describe("folding", () => {
  const long = Array.from({ length: 40 }, (_, index) => `line ${index}`).join("\n");

  it("shows the first twelve lines of a result, and all of it when opened", async () => {
    const entry = entryOf(7, { kind: "result", content: long, data: { isError: false } });
    await show(entry);
    expect(content()?.textContent).toBe(long.split("\n").slice(0, 12).join("\n"));
    expect(content()?.dataset["contentLength"]).toBe(String(long.length));
    act(() => host.querySelector("button")?.click());
    expect(toggled).toEqual([7]);
    await show(entry, true);
    expect(content()?.textContent).toBe(long);
    expect(content()?.dataset["contentLength"]).toBeUndefined();
  });

  it("says in a word that a result is an error", async () => {
    await show(entryOf(7, { kind: "result", content: "no", data: { isError: true, exitCode: 2 } }));
    expect(host.textContent).toContain("Failed");
    expect(host.textContent).toContain("exit 2");
  });

  it("folds thinking to its first line and the count", async () => {
    await show(entryOf(7, { kind: "thinking", content: "\nfirst\nsecond" }));
    expect(content()?.textContent).toBe("first");
    expect(host.textContent).toContain("3 lines");
    expect(host.querySelector("button")?.getAttribute("aria-expanded")).toBe("false");
  });

  it("opens a tool call to its whole input", async () => {
    const entry = entryOf(7, {
      kind: "tool",
      content: "Bash ls",
      data: { tool: "Bash", input: { command: "ls\n-l" } },
    });
    await show(entry);
    expect(content()?.textContent).toBe("Bash ls");
    expect(host.querySelector("dd")).toBeNull();
    await show(entry, true);
    expect(host.querySelector("dt")?.textContent).toBe("command");
    expect(host.querySelector("dd")?.textContent).toBe("ls\n-l");
  });

  it("reads a content that was cut on the wire when it is opened", async () => {
    const entry = entryOf(7, { kind: "message", content: "cut", data: { truncatedBytes: 1_250_000 } });
    await show(entry);
    expect(host.querySelector("button")?.textContent).toBe("Open all (1.3 MB)");
    await show(entry, true);
    expect(content()?.textContent).toBe("the whole of it");
  });

  it("does not offer more of a content that only the data beside it was cut from", async () => {
    await show(entryOf(7, { kind: "result", content: "short", data: { isError: false, truncatedBytes: 5 } }));
    expect(host.querySelector("button")).toBeNull();
  });

  it("reads the whole input of a tool call that was cut on the wire", async () => {
    const data = { tool: "Write", input: { content: "cut…" }, truncatedBytes: 12 };
    await show(entryOf(7, { kind: "tool", content: "Write a.txt", data }), true);
    expect(host.querySelector("dd")?.textContent).toBe("whole input");
  });
});

it("the answer to a question is not a question", async () => {
  const data = { request: 1, decision: "allow" };
  await show(entryOf(7, { kind: "request", type: "system", content: "Allowed by the user.", data }));
  expect(host.textContent).not.toContain("Asked");
});

it("an agent that was stopped in the middle has not finished", async () => {
  await show(entryOf(7, { kind: "result", type: "warning", content: "Interrupted.", data: { final: true } }));
  expect(host.textContent).toContain("Stopped");
  expect(host.textContent).not.toContain("Finished");
});

it("the end of a run is told by its status", async () => {
  const data = { status: "interrupted" };
  await show(
    entryOf(7, { kind: "system", type: "error", content: "The run was interrupted: worker lost", data }),
  );
  expect(host.textContent).toContain("Interrupted");
});

const look = () => host.querySelector<HTMLElement>("[data-look]")?.dataset["look"];

describe("what stands between the agent's lines", () => {
  it("is a rule where the server was restarted", async () => {
    const data = { by: "retoma", recovery: "re-attached", caughtUp: 3 };
    const text = "Server restarted; run re-attached; 3 entries caught up.";
    await show(entryOf(7, { kind: "system", type: "system", content: text, data }));
    expect(look()).toBe("recovery");
    expect(content()?.textContent).toBe(text);
  });

  it("is the user's own where the user wrote it", async () => {
    await show(
      entryOf(7, { type: "system", content: "Mind the tests.", data: { by: "retoma", from: "user" } }),
    );
    expect(look()).toBe("user");
    expect(host.textContent).toContain("You");
    expect(content()?.textContent).toBe("Mind the tests.");
  });

  it("is nothing that an agent can pretend", async () => {
    await show(entryOf(7, { kind: "system", data: { recovery: "re-attached" } }));
    expect(look()).toBe("system");
    await show(entryOf(7, { data: { from: "user" } }));
    expect(look()).toBe("message");
    expect(host.textContent).not.toContain("You");
  });
});
