/** What a JSON object holds, by name. */
export type Fields = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The fields of a value that came from outside; null where it is no object. */
export const fieldsOf = (value: unknown): Fields | null => (isObject(value) ? value : null);

/** A word of an address: what looks like a number or a yes there is one to the router. */
export const wordOf = (value: unknown): string | undefined =>
  typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? String(value) || undefined
    : undefined;
