import { describe, expect, it } from "vitest";

import { foundIn, patternOf, rangeOf, wordsOf } from "./found-words";

function elementOf(html: string): HTMLElement {
  const element = document.createElement("div");
  element.innerHTML = html;
  return element;
}

function paintedIn(element: Element, query: string): string[] {
  const pattern = patternOf(wordsOf(query));
  return pattern ? foundIn(element, pattern).map((found) => rangeOf(found).toString()) : [];
}

describe("the words that are painted", () => {
  it("are those that the server looks for: each word and each phrase", () => {
    expect(wordsOf('one "two three" four')).toEqual(["one", "two three", "four"]);
    expect(patternOf(wordsOf("  "))).toBeNull();
    const element = elementOf("<p data-content>one two, two three</p>");
    expect(paintedIn(element, '"two three"')).toEqual(["two three"]);
  });

  it("are found in any case, in what an entry says alone", () => {
    const element = elementOf("<div data-content>A.b and a<b>xb</b> aXb A.B</div><div>a.b</div>");
    expect(paintedIn(element, "a.b")).toEqual(["A.b", "A.B"]);
  });

  it.each("-.*+?^${}()|[]\\/\"#&~,:=!<>@%_'`".split(""))(
    "have no signs that mean something else: %s",
    (sign) => {
      const element = elementOf("<p data-content></p>");
      element.firstElementChild?.append(`re${sign}try retry`);
      expect(paintedIn(element, `re${sign}try`)).toEqual([`re${sign}try`]);
    },
  );
});
