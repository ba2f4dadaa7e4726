import { describe, expect, it } from "vitest";

import type { Execution } from "@/api/types";

import { neighbour } from "./use-card-keys";

const runs = ["third", "second", "first"].map((id) => ({ id }) as Execution);

describe("the run beside the one that is read", () => {
  it("is the one before or after it, and none at either end", () => {
    expect(neighbour(runs, "second", 1)?.id).toBe("first");
    expect(neighbour(runs, "second", -1)?.id).toBe("third");
    expect(neighbour(runs, "first", 1)).toBeUndefined();
    expect(neighbour(runs, "third", -1)).toBeUndefined();
  });

  it("is the latest where none is read, since the card was cleared", () => {
    expect(neighbour(runs, undefined, 1)?.id).toBe("third");
    expect(neighbour(runs, undefined, -1)).toBeUndefined();
    expect(neighbour([], undefined, 1)).toBeUndefined();
  });
});
