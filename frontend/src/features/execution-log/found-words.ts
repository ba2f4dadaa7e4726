/** The words that are looked for, as the server reads them: `"quoted text"` is one. */
export function wordsOf(query: string): string[] {
  return [...query.matchAll(/"([^"]+)"|(\S+)/g)].map(([, phrase, word]) => phrase ?? word ?? "");
}

/** A pattern for any of the words in what is shown, or null where there is none. */
export function patternOf(query: string): RegExp | null {
  const words = wordsOf(query).toSorted((a, b) => b.length - a.length);
  if (words.length === 0) return null;
  return new RegExp(words.map((word) => word.replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&")).join("|"), "giu");
}

/** Ranges of all that matches in the texts within `element`. */
export function foundIn(element: Element, pattern: RegExp): Range[] {
  const ranges: Range[] = [];
  for (const content of element.querySelectorAll("[data-content], dd")) {
    const texts = document.createTreeWalker(content, NodeFilter.SHOW_TEXT);
    for (let node = texts.nextNode(); node; node = texts.nextNode()) {
      for (const match of (node.nodeValue ?? "").matchAll(pattern)) {
        const range = document.createRange();
        range.setStart(node, match.index);
        range.setEnd(node, match.index + match[0].length);
        ranges.push(range);
      }
    }
  }
  return ranges;
}
