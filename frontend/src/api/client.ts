import createClient from "openapi-fetch";

import { t } from "@/lib/messages";

import type { paths } from "./schema";

/** A refusal of the server (RFC 9457), or the sentence for a server that did not answer (status 0). */
export class Problem extends Error {
  override readonly name = "Problem";

  constructor(
    readonly status: number,
    readonly title: string,
    readonly detail: string,
    readonly errors: readonly { field: string; message: string }[] = [],
  ) {
    super(detail || title);
  }

  /** What is wrong with one field of the form, if the server named it. */
  field(name: string): string | null {
    return this.errors.find((error) => error.field === name)?.message ?? null;
  }
}

/** The API as its description has it. Only this folder uses it; the other layers call functions with a name. */
export const client = createClient<paths>({ credentials: "same-origin" });

type Answer<T> = { data?: T; error?: unknown; response: Response };

function problemOf({ error, response }: Answer<unknown>): Problem {
  // Something between the page and the server may answer too, and not in the server's words.
  const { title, detail, errors } = (typeof error === "object" && error ? error : {}) as Partial<Problem>;
  return new Problem(response.status, title ?? response.statusText, detail ?? "", errors);
}

/** What a call answered; a refusal, or no answer at all, is thrown as a `Problem`. */
export async function answerOf<T>(call: Promise<Answer<T>>): Promise<T> {
  const answer = await call.catch((error: unknown) => {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new Problem(0, t.problem.title, t.problem.noAnswer);
  });
  if (!answer.response.ok) throw problemOf(answer);
  // An answer without a body (204) is undefined, and so is then T.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return answer.data as T;
}

/** For mutations whose refusal is explained where they were asked for: nobody else needs to say it. */
export const explained = { explained: true };
