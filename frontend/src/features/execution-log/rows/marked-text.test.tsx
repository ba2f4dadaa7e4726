import { act } from "react";
import { createRoot } from "react-dom/client";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { MarkedText, isMarked } from "./marked-text";

let host: HTMLElement;
let unmount: () => void;

beforeEach(() => {
  Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });
  host = document.body.appendChild(document.createElement("div"));
});

afterEach(() => {
  act(() => unmount());
  host.remove();
});

async function show(text: string): Promise<void> {
  const root = createRoot(host);
  unmount = () => root.unmount();
  await act(async () => root.render(<MarkedText text={text} />));
  await vi.waitFor(() => act(async () => expect(host.querySelector("p")).not.toBeNull()));
}

// Loaded before the tests: on a busy machine it takes longer than they may.
await import("@/ui/markdown");

describe("a message in Markdown", () => {
  unmount = () => {};

  it("shows code, emphasis and lists, and tells how long it is", async () => {
    const text = "See `store.py`: **two**\n\n- one\n- two";
    await show(text);
    expect(host.querySelector("code")?.textContent).toBe("store.py");
    expect(host.querySelector("strong")?.textContent).toBe("two");
    expect(host.querySelectorAll("li")).toHaveLength(2);
    expect(host.querySelector<HTMLElement>("[data-content]")?.dataset["contentLength"]).toBe(
      `${text.length}`,
    );
  });

  it("lets no HTML and no link but one to the web act, and loses no word of it", async () => {
    await show(
      "Use <Button> `x`, <img src=x onerror=alert(1)> and <script>alert(1)</script> [a](javascript:alert(1)) [b](https://b.example)",
    );
    expect(host.querySelector("img, script, button, [onerror]")).toBeNull();
    expect(host.textContent).toContain(
      "Use <Button> x, <img src=x onerror=alert(1)> and <script>alert(1)</script>",
    );
    const links = [...host.querySelectorAll("a")].map((link) => link.getAttribute("href") ?? "");
    expect(links).toEqual(["", "https://b.example"]);
    expect(host.querySelector("a[href]")?.getAttribute("rel")).toContain("noopener");
  });
});

describe("what is Markdown", () => {
  unmount = () => {};

  it.each(["`code`", "**bold**", "# Head", "a\n- item", "1. one", "[a](b)", "| a | b |"])("%s is", (text) => {
    expect(isMarked(text)).toBe(true);
  });

  it.each(["plain words.", "5 * 3 - 2", "#3 is done", "a_b_c", "\u001b[1m`x`\u001b[0m", "`x`".repeat(9_000)])(
    "%s is not",
    (text) => {
      expect(isMarked(text)).toBe(false);
    },
  );
});
