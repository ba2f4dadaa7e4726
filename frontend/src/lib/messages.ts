import { en } from "./messages.en";
import type { Words } from "./words";

/** Every text of the page; a second language has to have exactly these keys. */
export type Messages = Words<typeof en>;

/** The texts in the reader's language. */
export const t: Messages = en;
