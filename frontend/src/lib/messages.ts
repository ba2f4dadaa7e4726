import { en } from "./messages.en";

type Words<T> = { [K in keyof T]: T[K] extends string ? string : T[K] extends Speaks ? T[K] : Words<T[K]> };
type Speaks = (...values: never[]) => string;

/** Every text of the page; a second language has to have exactly these keys. */
export type Messages = Words<typeof en>;

/** The texts in the reader's language. */
export const t: Messages = en;
