import { Fragment, createElement } from "react";

/** A sentence in which `backticks` mark what is typed word for word. */
export function TextWithCode({ text }: { text: string }) {
  // Every second part stood between two marks.
  const parts = text
    .split("`")
    .map((part, place) => (place % 2 === 1 ? createElement("code", {}, part) : part));
  return createElement(Fragment, {}, ...parts);
}
