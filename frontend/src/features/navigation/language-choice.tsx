import { chooseLanguage, language, languages } from "@/lib/language";
import type { Language } from "@/lib/language";
import { t } from "@/lib/messages";

import styles from "./navigation.module.css";

// Each in its own words, for who can't read the others.
const names: Record<Language, string> = { en: "English", "pt-BR": "Português" };

/** The page's language; another one begins the page again. */
export function LanguageChoice({ name = "language" }: { name?: string }) {
  return (
    <div className={styles.scheme} role="radiogroup" aria-label={t.language.label}>
      {languages.map((each) => (
        <label key={each} lang={each} className={styles.name}>
          <input type="radio" name={name} checked={language === each} onChange={() => chooseLanguage(each)} />
          {names[each]}
        </label>
      ))}
    </div>
  );
}
