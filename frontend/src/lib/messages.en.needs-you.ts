/** The texts of the inbox, and of what is said when a run needs somebody or ends. */
export const needsYouTexts = {
  needsYou: {
    title: "Needs you",
    count: (count: string) => `${count} in the inbox`,
    loading: "Looking for open questions",
    emptyTitle: "Nobody waits for you",
    emptyText:
      "Questions of agents from all projects come here, and runs that were interrupted. You can close the page: they are kept.",
    list: "What needs you, questions first",
    keys: "j and k go from one to the next",
    line: (line: string) => `Line ${line} of the log`,
    interrupted: (command: string) => `${command} was interrupted`,
    resumes: "It can go on where it stood.",
    cannotResume: "It had not begun a session: run the command again.",
    putAway: "Clear",
    open: (number: number, title: string) => `#${number} ${title}`,
  },
};
