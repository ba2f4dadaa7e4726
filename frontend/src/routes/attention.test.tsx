import { act } from "react";
import { createRoot } from "react-dom/client";
import type { Root } from "react-dom/client";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import type { Execution } from "@/api/types";
import { tellDesktop } from "@/lib/desktop";
import { announce } from "@/lib/notices";
import type * as Live from "@/live/use-live";

import { useAttention } from "./attention";

type Needs = Parameters<typeof Live.useLiveRuns>[0];

const page = vi.hoisted(() => ({ needs: undefined as Needs | undefined, navigate: vi.fn() }));
vi.mock("@tanstack/react-router", () => ({ useNavigate: () => page.navigate }));
vi.mock("@/live/use-live", () => ({ useLiveRuns: (needs: Needs) => void (page.needs = needs) }));
vi.mock("@/lib/notices", () => ({ announce: vi.fn() }));
vi.mock("@/lib/desktop", () => ({ tellDesktop: vi.fn() }));

const OPENED = "2026-11-22T19:00:00.000Z";
const BEFORE = "2026-11-22T18:59:59.999Z";
const AFTER = "2026-11-22T19:00:01.000Z";

const run = (change: Partial<Execution> = {}): Execution =>
  ({
    id: "run",
    cardId: "card",
    cardNumber: 7,
    cardTitle: "The cart is slow",
    command: "/test",
    status: "success",
    isActive: true,
    completedAt: AFTER,
    logRemovedAt: null,
    openRequests: [],
    ...change,
  }) as unknown as Execution;

const asks = (...numbers: number[]) =>
  run({
    status: "waiting",
    completedAt: null,
    openRequests: numbers.map((n) => ({ n, question: `Question ${n}?` })) as Execution["openRequests"],
  });

function Page() {
  useAttention();
  return null;
}

let root: Root;

beforeEach(() => {
  Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });
  vi.clearAllMocks();
  root = createRoot(document.createElement("div"));
  act(() => root.render(<Page />));
});

afterEach(() => act(() => root.unmount()));

const needed = (now: Execution[], before: Execution[] | null) => page.needs?.onNeeds(now, before);
const changed = (...runs: Execution[]) => page.needs?.onChanged(runs, OPENED);

describe("who needs somebody", () => {
  it("is counted in the title, each question by itself", () => {
    needed([asks(1, 2), run({ id: "lost", status: "interrupted" })], null);
    expect(document.title).toBe("(3) Retoma");
    needed([], [asks(1, 2)]);
    expect(document.title).toBe("Retoma");
  });

  it("is not told of what was asked before the page opened", () => {
    needed([asks(1)], null);
    expect(announce).not.toHaveBeenCalled();
    expect(tellDesktop).not.toHaveBeenCalled();
  });

  it("is told of each question once, and leads to it", () => {
    needed([asks(1)], []);
    needed([asks(1)], [asks(1)]);
    expect(announce).toHaveBeenCalledExactlyOnceWith("#7 needs you");
    needed([asks(1, 2)], [asks(1)]);
    expect(announce).toHaveBeenCalledTimes(2);
    const notice = vi.mocked(tellDesktop).mock.lastCall?.[0];
    expect(notice).toMatchObject({ title: "#7 needs you", body: "Question 2?", tag: "run 2" });
    notice?.onOpen();
    expect(page.navigate).toHaveBeenCalledWith(expect.objectContaining({ hash: "question" }));
  });

  it("is not told of an interrupted run as of a question", () => {
    needed([run({ status: "interrupted" })], []);
    expect(announce).not.toHaveBeenCalled();
  });
});

describe("the end of a run", () => {
  it("is told once, whatever happens to the run afterwards", () => {
    changed(run());
    changed(run({ cardTitle: "Another title" }));
    expect(announce).toHaveBeenCalledExactlyOnceWith("#7: /test, Succeeded");
    expect(tellDesktop).toHaveBeenCalledExactlyOnceWith(
      expect.objectContaining({ title: "#7: /test, Succeeded", body: "The cart is slow", tag: "run ended" }),
    );
  });

  it.each([
    ["it goes on", { status: "running", completedAt: null }],
    ["it was over before the page opened", { completedAt: BEFORE }],
    ["its card is cleared", { isActive: false }],
    ["its log is removed", { logRemovedAt: AFTER }],
  ] as const)("is not told where %s", (_, change) => {
    changed(run(change));
    expect(announce).not.toHaveBeenCalled();
    expect(tellDesktop).not.toHaveBeenCalled();
  });
});
