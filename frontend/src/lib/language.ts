/** The languages the page speaks. */
export const languages = ["en", "pt-BR"] as const;

export type Language = (typeof languages)[number];

const KEY = "retoma-language";

/** What the reader chose; null = nothing yet, or storage is forbidden. */
function chosen(): Language | null {
  try {
    const kept = localStorage.getItem(KEY);
    return languages.find((each) => each === kept) ?? null;
  } catch {
    return null;
  }
}

const sameLanguage = (one: string, other: string) => one.split("-")[0] === other.split("-")[0];

/** The first of the reader's languages that the page speaks: any Portuguese reads the Brazilian one. */
export function languageFor(preferred: readonly string[]): Language {
  for (const tag of preferred) {
    const spoken = languages.find((each) => sameLanguage(each, tag));
    if (spoken) return spoken;
  }
  return "en";
}

/** The page's language from here to its end: it does not change without a reload. */
export const language: Language = chosen() ?? languageFor(navigator.languages);

/** Numbers and dates: the reader's own kind of the language (English of India, say), where the browser names it. */
export const locale: string = navigator.languages.find((tag) => sameLanguage(tag, language)) ?? language;

/** Keeps the choice and begins again in it. */
export function chooseLanguage(next: Language): void {
  localStorage.setItem(KEY, next);
  window.location.reload();
}
