/** A refusal of the server (RFC 9457), or the sentence for a server that did not answer (status 0). */
export class Problem extends Error {
  override readonly name = "Problem";

  constructor(
    readonly status: number,
    readonly title: string,
    readonly detail: string,
    readonly errors: readonly { field: string; message: string }[] = [],
    readonly executionId: string | null = null,
  ) {
    super(detail || title);
  }

  /** What is wrong with one field of the form, if the server named it. */
  field(name: string): string | null {
    return this.errors.find((error) => error.field === name)?.message ?? null;
  }
}

type Query = Record<string, string | number | boolean | undefined>;

function address(path: string, query: Query): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) parameters.set(name, String(value));
  }
  const search = parameters.toString();
  return search ? `${path}?${search}` : path;
}

async function problemOf(response: Response): Promise<Problem> {
  try {
    const body = (await response.json()) as {
      title?: string;
      detail?: string;
      errors?: { field: string; message: string }[];
      executionId?: string;
    };
    return new Problem(
      response.status,
      body.title ?? response.statusText,
      body.detail ?? "",
      body.errors ?? [],
      body.executionId ?? null,
    );
  } catch {
    return new Problem(response.status, response.statusText, "");
  }
}

async function call<T>(method: string, path: string, init: RequestInit = {}): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, { method, credentials: "same-origin", ...init });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new Problem(0, "No answer", "The server did not answer. Is `retoma up` still running?");
  }
  if (!response.ok) throw await problemOf(response);
  return (response.status === 204 ? undefined : await response.json()) as T;
}

function json(body: unknown): RequestInit {
  return { body: JSON.stringify(body), headers: { "content-type": "application/json" } };
}

/** For mutations whose refusal is explained where they were asked for: nobody else needs to say it. */
export const explained = { explained: true };

/** The only place that fetches. Each function of this folder names one call of the API. */
export const api = {
  get: <T>(path: string, query: Query = {}, signal?: AbortSignal) =>
    call<T>("GET", address(path, query), { signal }),
  post: <T>(path: string, body: unknown = {}) => call<T>("POST", path, json(body)),
  patch: <T>(path: string, body: unknown) => call<T>("PATCH", path, json(body)),
  delete: <T = void>(path: string) => call<T>("DELETE", path),
};
