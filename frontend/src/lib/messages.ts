import { language } from "./language";
import { en } from "./messages.en";
import type { Words } from "./words";

/** Every text of the page; a second language has to have exactly these keys. */
export type Messages = Words<typeof en>;

/** The texts in the reader's language; English comes with the page, another language is fetched when it is wanted. */
export const t: Messages = language === "pt-BR" ? (await import("./messages.pt-BR")).ptBR : en;

document.documentElement.lang = language;
