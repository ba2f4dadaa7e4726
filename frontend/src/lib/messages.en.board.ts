/** The texts of the board's filter, and of the palette that goes anywhere. */
export const boardTexts = {
  filter: {
    region: "Filter the cards",
    text: "Filter cards",
    label: "Any label",
    agent: "Any agent",
    status: "Any status",
    none: "Filter",
    some: (count: string) => `Filters: ${count}`,
    shown: (count: string, all: string) => `${count} of ${all}`,
    clear: "Clear filters",
    nothing: "No card matches",
    nothingHint: "Every card of the board is kept back by the filter.",
    emptyColumn: "Nothing here matches",
  },
};
