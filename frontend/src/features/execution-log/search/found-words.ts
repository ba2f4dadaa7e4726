/** The words that are looked for, as the server reads them: `"quoted text"` is one. */
export function wordsOf(query: string): string[] {
  return [...query.matchAll(/"([^"]+)"|(\S+)/g)].map(([, phrase, word]) => phrase ?? word ?? "");
}

/** A pattern for any of the words in what is shown, or null where there is none. */
export function patternOf(words: readonly string[]): RegExp | null {
  if (words.length === 0) return null;
  const longestFirst = words.toSorted((a, b) => b.length - a.length);
  // With the flag `u` only these may be escaped: a `\-`, for one, is refused.
  const escaped = longestFirst.map((word) => word.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&"));
  return new RegExp(escaped.join("|"), "giu");
}

/** Where the texts within `element` match. */
export function foundIn(element: Element, pattern: RegExp): StaticRangeInit[] {
  const found: StaticRangeInit[] = [];
  for (const content of element.querySelectorAll("[data-content], dd")) {
    const texts = document.createTreeWalker(content, NodeFilter.SHOW_TEXT);
    for (let node = texts.nextNode(); node; node = texts.nextNode()) {
      const within = { startContainer: node, endContainer: node };
      for (const { index, 0: words } of (node.nodeValue ?? "").matchAll(pattern)) {
        found.push({ ...within, startOffset: index, endOffset: index + words.length });
      }
    }
  }
  return found;
}

/** A found text as a range that can be measured. The page looks after each of these whenever it changes. */
export function rangeOf({ startContainer, startOffset, endContainer, endOffset }: StaticRangeInit): Range {
  const range = document.createRange();
  range.setStart(startContainer, startOffset);
  range.setEnd(endContainer, endOffset);
  return range;
}
