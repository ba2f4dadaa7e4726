import { chooseLanguage, language, languages } from "@/lib/language";
import type { Language } from "@/lib/language";
import { t } from "@/lib/messages";
import { Segments } from "@/ui/segments";

// Each in its own words, for who can't read the others.
const names: Record<Language, string> = { en: "English", "pt-BR": "Português" };

const segments = languages.map((value) => ({ value, word: names[value], lang: value }));

/** The page's language; another one begins the page again. */
export function LanguageChoice() {
  return (
    <Segments label={t.language.label} segments={segments} chosen={language} onChoose={chooseLanguage} />
  );
}
