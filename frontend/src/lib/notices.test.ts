import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { announce, currentNotices, currentSpeech, dismissNotice, notify } from "./notices";

beforeEach(() => vi.useFakeTimers());
afterEach(() => {
  vi.runAllTimers();
  for (const { id } of currentNotices()) dismissNotice(id);
  vi.useRealTimers();
});

describe("what is said aloud", () => {
  it("is at most one sentence a second, in order", () => {
    announce("one");
    announce("two");
    expect(currentSpeech()).toBe("one");
    vi.advanceTimersByTime(999);
    expect(currentSpeech()).toBe("one");
    vi.advanceTimersByTime(1);
    expect(currentSpeech()).toBe("two");
  });

  it("leaves out the older part of a burst", () => {
    for (const text of ["a", "b", "c", "d", "e"]) announce(text);
    const heard = [currentSpeech()];
    for (let second = 0; second < 5; second += 1) {
      vi.advanceTimersByTime(1_000);
      heard.push(currentSpeech());
    }
    expect([...new Set(heard)]).toEqual(["a", "c", "d", "e"]);
  });
});

describe("a notice", () => {
  it("goes by itself when something was done, and stays when something went wrong", () => {
    notify("done", "saved");
    notify("problem", "refused");
    vi.advanceTimersByTime(10_000);
    expect(currentNotices().map(({ text }) => text)).toEqual(["refused"]);
  });

  it("is shown once however often it is said", () => {
    notify("problem", "refused");
    notify("problem", "refused");
    expect(currentNotices()).toHaveLength(1);
  });
});
