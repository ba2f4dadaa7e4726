/** What a JSON object holds, by name. */
export type Fields = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The fields of a value that came from outside; null where it is no object. */
export const fieldsOf = (value: unknown): Fields | null => (isObject(value) ? value : null);
