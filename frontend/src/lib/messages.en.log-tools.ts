const plural = (count: number, one: string, many: string) => (count === 1 ? one : many);

/** The texts of what stands above the log: search, errors, filter, view. */
export const logToolsTexts = {
  logTools: {
    region: "Search and view of the log",
    find: {
      label: "Search the log",
      placeholder: "Search the log",
      next: "Next match (Enter)",
      previous: "Previous match (Shift+Enter)",
      close: "End the search (Escape)",
      none: "no match",
      searching: "searching…",
      place: (n: string, total: string) => `${n} of ${total}`,
    },
    errors: {
      group: "Errors of the run",
      count: (count: number, shown: string) => `${shown} ${plural(count, "error", "errors")}`,
      first: "Jump to the first error",
      next: "Next error (N)",
      previous: "Previous error (P)",
      none: "No error further on in this direction",
    },
    ticks: {
      questions: (count: number, shown: string) => `${shown} ${plural(count, "question", "questions")}`,
      matches: (count: number, shown: string) => `${shown} ${plural(count, "match", "matches")}`,
    },
    filter: {
      label: "Show",
      all: "Everything",
      messages: "Messages",
      tools: "Tools",
      errors: "Errors",
      nothing: "Nothing of that kind in this log.",
    },
    view: {
      menu: "View and download",
      wrap: "Wrap long lines",
      times: "Times",
      absolute: "Time of day",
      relative: "Since the start",
      hidden: "Hidden",
      download: "Download",
      text: "Log as text",
      journal: "Journal as the agent wrote it",
    },
  },
};
