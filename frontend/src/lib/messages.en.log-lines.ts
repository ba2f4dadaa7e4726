const plural = (count: number, one: string, many: string) => (count === 1 ? one : many);

/** The texts of lines that were chosen in a log. */
export const logLinesTexts = {
  logLines: {
    region: "Chosen lines",
    line: (line: string) => `Line ${line}`,
    lines: (first: string, last: string) => `Lines ${first}–${last}`,
    chosen: (first: string, last: string) => `Lines ${first} to ${last} chosen`,
    chosenOne: (line: string) => `Line ${line} chosen`,
    filtered: "with those that are filtered out",
    hint: "Shift-click another number for more",
    extend: "To line…",
    extending: "Tap the other line’s number",
    copy: (count: number, shown: string) => `Copy ${shown} ${plural(count, "line", "lines")}`,
    copying: "Copying…",
    copied: (count: number, shown: string) => `${shown} ${plural(count, "line", "lines")} copied`,
    link: "Copy link",
    linkCopied: "Link copied",
    clear: "Clear (Escape)",
    tooMany: (most: string, count: string) => `Up to ${most} lines can be copied, these are ${count}:`,
    tooLong: "This is too much text for the clipboard:",
    download: "download them",
    refused: "The browser did not let Retoma write to the clipboard.",
    unread: "The lines could not be read, so nothing was copied.",
    filterOff: (line: string) => `Line ${line} was filtered out: everything is shown again.`,
  },
};
