/** What the server refuses, by the code of its problem. English readers read the server's own sentence where it has one. */
export const problemsTexts = {
  refused: {
    byCode: {
      conflict: "That is not possible now.",
      "disk-full": "There is too little room on the disk.",
      failed: "That did not work.",
      forbidden: "The server does not allow this from here.",
      git: "git refused.",
      gone: "It is not kept any more: it was removed because of its age.",
      "internal-server-error":
        "Something went wrong inside Retoma; what the server printed in its terminal says more.",
      invalid: "That input is not usable.",
      "method-not-allowed": "The server does not take this call. Reload the page: it may be an old one.",
      "misdirected-request": "The server is not known by this address; see RETOMA_ALLOWED_HOSTS.",
      "not-found": "It is not there (any more).",
      "too-large": "That is too large.",
      unauthorized: "Open the link that `retoma up` printed in the terminal first.",
      unavailable: "That is not available now.",
      "unsupported-media-type": "The server can't read what the page sent.",
    },
    withDetail: (sentence: string, detail: string) => `${sentence} The server says: “${detail}”`,
    field: (message: string) => `This value is not accepted: “${message}”`,
  },
};
