import { describe, expect, it } from "vitest";

import { signedDiff } from "./signed-diff";
import { entryOf } from "../testing";
import { changeOf, countsOf } from "./tool-change";

const shown = (before: string, after: string) =>
  signedDiff(before, after).map(({ sign, text }) => sign + text);

describe("a change line by line", () => {
  it("keeps what is the same around what was taken away and added", () => {
    expect(shown("one\ntwo\nthree\n", "one\nsecond\nthree\n")).toEqual([" one", "-two", "+second", " three"]);
  });

  it("finds what moved least in between", () => {
    expect(shown("a\nb\nc\nd", "a\nc\nx\nd")).toEqual([" a", "-b", " c", "+x", " d"]);
  });

  it("is all added to nothing, all taken away to nothing, and nothing where nothing changed", () => {
    expect(shown("", "a\n\nb")).toEqual(["+a", "+", "+b"]);
    expect(shown("a\n", "")).toEqual(["-a"]);
    expect(shown("a\nb", "a\nb")).toEqual([" a", " b"]);
    expect(shown("a\na", "a\na\na")).toEqual([" a", " a", "+a"]);
  });

  it("gives both texts back, whatever they are", () => {
    let seed = 7;
    const random = (below: number) => (seed = (seed * 48_271) % 2_147_483_647) % below;
    for (let round = 0; round < 200; round++) {
      const text = () => Array.from({ length: random(12) }, () => "abc"[random(3)]).join("\n");
      const [before, after] = [text(), text()];
      const lines = signedDiff(before, after);
      const side = (other: string) => lines.filter(({ sign }) => sign !== other).map((line) => line.text);
      expect([side("+").join("\n"), side("-").join("\n")]).toEqual([before, after]);
    }
  });

  it("does not take for ever over a very long change", () => {
    const before = Array.from({ length: 20_000 }, (_, line) => `old ${line}`).join("\n");
    const after = before.replaceAll("old", "new");
    expect(countsOf([{ line: 1, lines: signedDiff(before, after) }])).toEqual({
      added: 20_000,
      removed: 20_000,
    });
  });
});

const call = (input: unknown) => entryOf(1, { kind: "tool", data: { tool: "Edit", input } });

const counts = (input: unknown) => countsOf(changeOf(call(input), undefined));

describe("what a tool call changes", () => {
  it("is one text for another, several of them, or a whole file", () => {
    expect(counts({ file_path: "a", old_string: "x\ny", new_string: "x\nz\nw" })).toEqual({
      added: 2,
      removed: 1,
    });
    const edits = [
      { old_string: "a", new_string: "b" },
      { old_string: "c", new_string: "" },
    ];
    expect(counts({ file_path: "a", edits })).toEqual({ added: 1, removed: 2 });
    expect(counts({ file_path: "a", content: "1\n2\n" })).toEqual({ added: 2, removed: 0 });
  });

  it("is nothing where the call changes nothing, whatever its input is", () => {
    for (const input of [
      null,
      3,
      "text",
      [],
      { command: "ls" },
      { content: "a message" },
      { edits: [1, null] },
    ]) {
      expect(changeOf(call(input), undefined)).toEqual([]);
    }
  });

  it("is what its result tells, with the numbers of the lines, as Claude Code writes it", () => {
    const structuredPatch = [
      {
        oldStart: 1,
        oldLines: 2,
        newStart: 4,
        newLines: 2,
        lines: [" one", "-two", "+second", "\\ No newline"],
      },
    ];
    const result = entryOf(2, { kind: "result", data: { structuredPatch } });
    expect(changeOf(call({ old_string: "two", new_string: "second" }), result)).toEqual([
      {
        line: 4,
        lines: [
          { sign: " ", text: "one" },
          { sign: "-", text: "two" },
          { sign: "+", text: "second" },
        ],
      },
    ]);
  });
});
