import { act } from "react";
import { afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";

import { currentNotices } from "@/lib/notices";

import { MemorySource, entryOf } from "../testing";
import { PaneOnPage, settle } from "../testing-pane";

// What is loaded with the first chosen line is there by then.
beforeAll(() => import("./chosen-bar"));

let pane: PaneOnPage;
beforeEach(() => {
  pane = new PaneOnPage();
});
afterEach(() => pane.close());

const marked = () =>
  [...pane.box.querySelectorAll<HTMLElement>("[data-marked]")].map((row) => Number(row.dataset["sequence"]));

/** A clipboard that keeps what is written to it. */
function fakeClipboard(refuses = false): string[] {
  const written: string[] = [];
  const writeText = async (text: string) => {
    if (refuses) throw new DOMException("no", "NotAllowedError");
    written.push(text);
  };
  vi.stubGlobal("ClipboardItem", undefined);
  vi.spyOn(navigator.clipboard, "writeText").mockImplementation(writeText);
  return written;
}

it("a click on a number makes the link to the line, with Shift the one to all lines up to it", async () => {
  const box = await pane.open(new MemorySource(1_000));
  const before = box.scrollTop;
  await pane.click(pane.numberOf(990));
  expect(window.location.hash).toBe("#L990");
  expect(box.scrollTop).toBe(before);
  await pane.click(pane.numberOf(995), { shiftKey: true });
  expect(window.location.hash).toBe("#L990-L995");
  expect(marked()).toEqual([990, 991, 992, 993, 994, 995]);
  expect(pane.numberOf(992)?.getAttribute("aria-current")).toBe("true");
  // From the first chosen line on, in the other direction too.
  await pane.click(pane.numberOf(988), { shiftKey: true });
  expect(window.location.hash).toBe("#L988-L990");
  expect(pane.host.textContent).toContain("Lines 988–990");
  // The way to the end keeps them; Escape clears.
  await pane.press("End");
  expect(window.location.hash).toBe("#L988-L990");
  await pane.press("Escape");
  expect(window.location.hash).toBe("");
  expect(marked()).toEqual([]);
});

it("the keyboard goes from number to number, and with Shift chooses the lines between", async () => {
  await pane.open(new MemorySource(1_000));
  const number = pane.numberOf(980);
  number?.focus();
  await pane.press("ArrowDown", number ?? undefined);
  expect(document.activeElement).toBe(pane.numberOf(981));
  for (const line of [981, 982]) {
    // oxlint-disable-next-line no-await-in-loop
    await pane.press("ArrowDown", pane.numberOf(line) ?? undefined, { shiftKey: true });
  }
  expect(window.location.hash).toBe("#L981-L983");
  await pane.press("ArrowUp", pane.numberOf(983) ?? undefined, { shiftKey: true });
  expect(window.location.hash).toBe("#L981-L982");
  expect(document.activeElement).toBe(pane.numberOf(982));
});

it("a finger chooses the other end after a word of its own", async () => {
  await pane.open(new MemorySource(1_000));
  await pane.click(pane.numberOf(990));
  await pane.click(pane.button("To line…"));
  await pane.click(pane.numberOf(993));
  expect(window.location.hash).toBe("#L990-L993");
  await pane.click(pane.numberOf(991));
  expect(window.location.hash).toBe("#L991");
});

it("the address leads to its first line, far from the end and while the log grows", async () => {
  const source = new MemorySource(1_000_000);
  window.history.replaceState(null, "", "/#L400000-L400002");
  await pane.open(source);
  await act(async () => source.append(50));
  await settle();
  expect(pane.top()).toEqual([400_000, 0]);
  expect(marked()).toEqual([400_000, 400_001, 400_002]);
  expect(pane.button("Copy 3 lines")).toBeTruthy();
  // Lines that are not there yet can't be copied.
  await pane.visit("#L1000040-L2000000");
  expect(pane.button("Copy 11 lines")).toBeTruthy();
  await pane.visit("#L3000000");
  expect(pane.host.textContent).not.toContain("Copy");
});

it("a filter stays where it shows the line of the address, and goes where it hides it", async () => {
  const source = new MemorySource(1_000, (sequence) =>
    entryOf(sequence, { type: sequence % 100 ? "info" : "error" }),
  );
  await pane.open(source, { headSequence: 1_000, live: false });
  await pane.click(pane.button("Errors"));
  expect(pane.box.dataset["head"]).toBe("10");
  await pane.visit("#L300-L400");
  expect(pane.box.dataset["head"]).toBe("10");
  expect(marked()).toEqual([300, 400]);
  expect(pane.host.textContent).toContain("with those that are filtered out");
  await pane.visit("#L350");
  expect(pane.box.dataset["head"]).toBe("1000");
  expect(pane.top()).toEqual([350, 0]);
  expect(currentNotices().map(({ text }) => text)).toContain(
    "Line 350 was filtered out: everything is shown again.",
  );
});

it("a filter that is chosen while a line is asked for stays", async () => {
  const source = new MemorySource(1_000, (sequence) =>
    entryOf(sequence, { type: sequence % 100 ? "info" : "error", kind: "message" }),
  );
  await pane.open(source, { headSequence: 1_000, live: false });
  await pane.click(pane.button("Errors"));
  const { find } = source;
  const answers: (() => void)[] = [];
  source.find = async (...asked) => {
    await new Promise<void>((resolve) => answers.push(resolve));
    return find(...asked);
  };
  await pane.visit("#L350");
  source.find = find;
  await pane.click(pane.button("Messages"));
  await act(async () => answers.forEach((answer) => answer()));
  await settle();
  expect(pane.button("Messages").getAttribute("aria-pressed")).toBe("true");
});

it("copies what the lines say, also where they are not on the page, without what only a terminal reads", async () => {
  const source = new MemorySource(9_000, (sequence) =>
    entryOf(sequence, { content: `\u001b[31mline\u001b[0m ${sequence}` }),
  );
  await pane.open(source);
  const written = fakeClipboard();
  await pane.visit("#L100-L700");
  await pane.press("End");
  await pane.click(pane.button("Copy 601 lines"));
  expect(source.calls).toContain("text 100 700");
  expect(written[0]?.split("\n")).toHaveLength(601);
  expect(written[0]?.startsWith("line 100\nline 101\n")).toBe(true);
  expect(written[0]?.endsWith("\nline 700")).toBe(true);
  await pane.press("c", pane.box, { ctrlKey: true });
  expect(written).toHaveLength(2);
  await pane.click(pane.button("Copy link"));
  expect(written[2]).toMatch(/\?execution=e#L100-L700$/);
});

it("says so where the browser refuses the clipboard, and where there is too much to copy", async () => {
  await pane.open(new MemorySource(200_000));
  fakeClipboard(true);
  await pane.visit("#L1-L100000");
  await pane.click(pane.button("Copy 100,000 lines"));
  expect(currentNotices().map(({ text }) => text)).toContain(
    "The browser did not let Retoma write to the clipboard.",
  );
  await pane.visit("#L1-L100001");
  expect(pane.host.textContent).toContain("Up to 100,000 lines can be copied, these are 100,001:");
  const link = pane.host.querySelector("a[download]");
  expect(link?.getAttribute("href")).toBe("/api/executions/e/text?after=0&limit=100001");
});

it("a search that ends in folded text opens it, and an open one stays as it is", async () => {
  const long = Array.from({ length: 60 }, (_, line) => (line === 50 ? "the needle" : `row ${line}`)).join(
    "\n",
  );
  const source = new MemorySource(300, (sequence) =>
    entryOf(sequence, sequence === 77 ? { kind: "raw", content: long } : {}),
  );
  const box = await pane.open(source);
  const find = async (text: string) => {
    await pane.press("Enter", await pane.search(text));
    await settle();
  };
  const more = () => pane.rowOf(77)?.querySelector("[aria-expanded]")?.getAttribute("aria-expanded");
  await find("row 3");
  expect(box.querySelector("[data-found]")).toBe(pane.rowOf(77));
  expect(more()).toBe("false");
  await find("needle");
  expect(more()).toBe("true");
  expect(pane.rowOf(77)?.textContent).toContain("the needle");
});
