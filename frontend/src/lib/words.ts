type Speaks = (...values: never[]) => string;

/** What another language has to say: the same keys, and functions of the same values. */
export type Words<T> = {
  [K in keyof T]: T[K] extends string ? string : T[K] extends Speaks ? T[K] : Words<T[K]>;
};
