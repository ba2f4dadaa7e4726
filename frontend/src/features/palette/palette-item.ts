import type { CardStatus } from "@/lib/status";

export type Group = "card" | "cards" | "runs" | "projects" | "places" | "theme" | "logs";

/** Something that the palette can do or go to. */
export type PaletteItem = {
  id: string;
  group: Group;
  title: string;
  /** Said beside the title in grey, and found by its words too. */
  hint?: string;
  status?: CardStatus;
  act: () => void;
};

/** In which order the groups stand; "card" is about the card that had the focus. */
export const groups: readonly Group[] = ["card", "cards", "runs", "projects", "places", "theme", "logs"];

const MOST: Record<Group, number> = {
  card: 12,
  cards: 8,
  runs: 5,
  projects: 5,
  places: 8,
  theme: 3,
  logs: 1,
};

const wordsOf = (text: string) => text.toLocaleLowerCase().split(/\s+/).filter(Boolean);

/** How well an item fits: 0 = not at all; more for words that begin a word, most for the number itself. */
function fit(item: PaletteItem, words: readonly string[]): number {
  // What is asked for in all logs is the query itself.
  if (item.group === "logs") return 1;
  const text = ` ${item.title} ${item.hint ?? ""} `.toLocaleLowerCase();
  let sum = 1;
  for (const word of words) {
    if (!text.includes(word)) return 0;
    if (text.startsWith(` #${word.replace("#", "")} `)) sum += 100;
    else if (text.includes(` ${word}`)) sum += 2;
    else sum += 1;
  }
  return sum;
}

/** What is listed for a query: the best of each group, groups in their order. */
export function listed(items: readonly PaletteItem[], query: string): PaletteItem[] {
  const words = wordsOf(query);
  return groups.flatMap((group) =>
    items
      .filter((item) => item.group === group)
      .map((item) => ({ item, worth: fit(item, words) }))
      .filter(({ worth }) => worth > 0)
      .toSorted((a, b) => b.worth - a.worth)
      .slice(0, MOST[group])
      .map(({ item }) => item),
  );
}
