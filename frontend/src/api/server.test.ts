import { QueryClient } from "@tanstack/react-query";
import { describe, expect, it } from "vitest";

import { Problem } from "./client";
import { askAfterRefusal, healthQuery, readOnRecovery, recoveryQuery } from "./server";
import type { Recovery } from "./types";

const isStale = (queries: QueryClient, key: readonly unknown[]) =>
  queries.getQueryState(key)?.isInvalidated ?? false;

function known(completedAt: string | null): QueryClient {
  const queries = new QueryClient();
  queries.setQueryData(recoveryQuery.queryKey, { completedAt } as Recovery);
  queries.setQueryData(healthQuery.queryKey, { status: "ok", version: "0", problems: [] });
  return queries;
}

describe("the report of a restart", () => {
  it("is read again as long as it is not complete, and no longer", async () => {
    const growing = known(null);
    await readOnRecovery(growing);
    expect(isStale(growing, recoveryQuery.queryKey)).toBe(true);
    const complete = known("2026-11-22T11:03:00.000Z");
    await readOnRecovery(complete);
    expect(isStale(complete, recoveryQuery.queryKey)).toBe(false);
  });
});

describe("the state of the server", () => {
  it.each([500, 503, 507])("is asked for after a refusal with %d", async (status) => {
    const queries = known(null);
    await askAfterRefusal(queries, new Problem(status, ""));
    expect(isStale(queries, healthQuery.queryKey)).toBe(true);
  });

  it.each([0, 409, 422])("is not asked for after a %d", async (status) => {
    const queries = known(null);
    await askAfterRefusal(queries, new Problem(status, ""));
    expect(isStale(queries, healthQuery.queryKey)).toBe(false);
  });
});
