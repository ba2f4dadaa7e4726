import createClient from "openapi-fetch";

import { language } from "@/lib/language";
import { t } from "@/lib/messages";

import { refusalWords } from "./refusal";
import type { Refusal } from "./refusal";
import type { paths } from "./schema";

/** What the server says, it says in English. */
const IN_SERVERS_LANGUAGE = language === "en";

type FieldError = { field: string; message: string };

/** A refusal of the server (RFC 9457), or the sentence for a server that did not answer (status 0). */
export class Problem extends Error {
  override readonly name = "Problem";

  constructor(
    readonly status: number,
    message: string,
    readonly errors: readonly FieldError[] = [],
  ) {
    super(message);
  }

  /** What is wrong with one field of the form, if the server named it. */
  field(name: string): string | null {
    const told = this.errors.find((error) => error.field === name)?.message;
    if (told === undefined) return null;
    return IN_SERVERS_LANGUAGE ? told : t.refused.field(told);
  }
}

/** The API as its description has it. Only this folder uses it; the other layers call functions with a name. */
export const client = createClient<paths>({ credentials: "same-origin" });

type Answer<T> = { data?: T; error?: unknown; response: Response };

function problemOf({ error, response }: Answer<unknown>): Problem {
  // Something between the page and the server may answer too, and not in the server's words.
  const told = (typeof error === "object" && error ? error : {}) as Refusal & { errors?: FieldError[] };
  const refusal = { ...told, title: told.title ?? response.statusText };
  return new Problem(response.status, refusalWords(refusal, t.refused, IN_SERVERS_LANGUAGE), told.errors);
}

/** What a call answered; a refusal, or no answer at all, is thrown as a `Problem`. */
export async function answerOf<T>(call: Promise<Answer<T>>): Promise<T> {
  const answer = await call.catch((error: unknown) => {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new Problem(0, t.problem.noAnswer);
  });
  if (!answer.response.ok) throw problemOf(answer);
  // An answer without a body (204) is undefined, and so is then T.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return answer.data as T;
}

/** For mutations whose refusal is explained where they were asked for: nobody else needs to say it. */
export const explained = { explained: true };
