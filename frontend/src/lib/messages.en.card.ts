/** The texts of the card's screen: tool calls, the agent's steps, the end of a run, the printed run. */
export const cardTexts = {
  ended: (number: number, command: string, status: string) => `#${number}: ${command}, ${status}`,
  tool: {
    ok: "ok",
    added: (count: string) => `${count} added`,
    removed: (count: string) => `${count} removed`,
    addedLine: "added",
    removedLine: "removed",
    output: "Output",
    change: "Change",
    fileStart: (count: string) => `Only the first ${count} lines of the change are shown.`,
  },
  steps: {
    title: "Steps",
    progress: "Steps done",
    count: (done: string, all: string) => `${done}/${all}`,
    state: { done: "Done", doing: "In progress", open: "To do" },
  },
  print: {
    place: (first: string, last: string, head: string) => `Lines ${first}–${last} of ${head} of the log.`,
    whole: "The whole log is in its download, and in what “retoma export” writes.",
  },
};
