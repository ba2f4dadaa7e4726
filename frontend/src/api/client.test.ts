import { describe, expect, it } from "vitest";

import { Problem, answerOf } from "./client";

const refused = (status: number, error: unknown) =>
  answerOf(Promise.resolve({ error, response: new Response(null, { status }) }));

describe("what a call answered", () => {
  it("is its body", async () => {
    await expect(answerOf(Promise.resolve({ data: 7, response: new Response() }))).resolves.toBe(7);
  });

  it("is a problem with the server's own words and fields when it refuses", async () => {
    const problem = await refused(422, {
      title: "Not a repository",
      detail: "/x is no git repository.",
      errors: [{ field: "path", message: "no git repository" }],
    }).catch((error: unknown) => error);
    expect(problem).toBeInstanceOf(Problem);
    expect(problem).toMatchObject({ status: 422, message: "/x is no git repository." });
    expect((problem as Problem).field("path")).toBe("no git repository");
    expect((problem as Problem).field("name")).toBeNull();
  });

  it("is a problem too when something else than the server answers", async () => {
    await expect(refused(502, "<html>")).rejects.toMatchObject({ status: 502 });
  });

  it("says what to do when nobody answers", async () => {
    await expect(answerOf(Promise.reject(new TypeError("fetch failed")))).rejects.toMatchObject({
      status: 0,
      message: expect.stringContaining("retoma up"),
    });
  });
});
