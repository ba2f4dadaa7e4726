import { readFileSync } from "node:fs";
import { resolve } from "node:path";

import { describe, expect, it } from "vitest";

type Tokens = Record<string, string>;

const css = readFileSync(resolve("src/ui/tokens.css"), "utf8");

function tokensOf(selector: string): Tokens {
  const start = css.indexOf(`${selector} {`);
  const block = css.slice(start, css.indexOf("\n}", start));
  const found = block.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6})/g);
  return Object.fromEntries([...found].map(([, name, value]) => [name, value]));
}

const schemes: [string, Tokens][] = [
  ["light", tokensOf(":root")],
  ["dark", tokensOf(':root[data-mantine-color-scheme="dark"]')],
];

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** WCAG 2.2, "contrast ratio". */
function contrast(one: string | undefined, other: string | undefined): number {
  if (!one || !other) throw new Error("a colour of the table is missing");
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].toSorted((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

const statuses = ["idle", "queued", "running", "success", "error", "cancelled", "interrupted"];

describe.each(schemes)("in %s", (_, tokens) => {
  it.each(statuses)("%s can be read on its tint, on a card and on the page", (status) => {
    for (const ground of [tokens[`status-${status}-tint`], tokens["pane"], tokens["bg"]]) {
      expect(contrast(tokens[`status-${status}`], ground)).toBeGreaterThanOrEqual(4.5);
    }
  });

  it("a card that needs you carries the strongest badge", () => {
    expect(contrast(tokens["on-status-waiting"], tokens["status-waiting"])).toBeGreaterThanOrEqual(10);
    expect(contrast(tokens["status-waiting"], tokens["pane"])).toBeGreaterThanOrEqual(4.5);
    expect(contrast(tokens["text"], tokens["status-waiting-tint"])).toBeGreaterThanOrEqual(7);
    expect(contrast(tokens["dim"], tokens["status-waiting-tint"])).toBeGreaterThanOrEqual(4.5);
  });

  it.each(["text", "dim", "accent", "gutter"])("%s can be read wherever it stands", (name) => {
    for (const ground of ["pane", "bg", "tool", "hover"]) {
      expect(contrast(tokens[name], tokens[ground])).toBeGreaterThanOrEqual(4.5);
    }
  });

  it("words on the accent and edges of fields are strong enough", () => {
    expect(contrast(tokens["on-accent"], tokens["accent"])).toBeGreaterThanOrEqual(4.5);
    expect(contrast(tokens["field"], tokens["pane"])).toBeGreaterThanOrEqual(3);
  });
});
