import { describe, expect, it } from "vitest";

import {
  ROW_HEIGHT,
  WINDOW_ROWS,
  checkEdges,
  follow,
  following,
  grow,
  heldOffset,
  jump,
  release,
  rowsOf,
  scrolledByUser,
  settled,
  stay,
} from "./log-window";
import type { Layout, LogWindow, View } from "./log-window";

const free = (base: number): LogWindow => ({ base, hold: { by: "nothing" } });
const view = (topRow: number): View => ({ topRow, bottomRow: topRow + 30, pixelsIntoTop: 7 });

/** A layout in which the row at `taller` is `by` pixels higher than estimated. */
function layout(rows: number, taller = -1, by = 0): Layout {
  return {
    start: (row) => row * ROW_HEIGHT + (taller !== -1 && row > taller ? by : 0),
    total: rows * ROW_HEIGHT + by,
    viewport: 600,
  };
}

describe("the window", () => {
  it("never has more than three thousand rows", () => {
    for (const head of [1, 2_999, 3_000, 100_000, 10_000_000]) {
      expect(rowsOf(jump(head / 2, head), head)).toBe(Math.min(head, WINDOW_ROWS));
    }
  });

  it("moves to the middle around what is on the screen, and anchors it", () => {
    const moved = checkEdges(free(10_000), view(390), 100_000);
    expect(moved.base).toBe(8_890);
    expect(moved.hold).toEqual({ by: "anchor", sequence: 10_391, pixels: 7 });
    // The same entry, as far scrolled into, is on top again.
    expect(heldOffset(moved, layout(WINDOW_ROWS))).toBe((10_390 - 8_890) * ROW_HEIGHT + 7);
    expect(settled(moved)).toEqual(free(8_890));
  });

  it("moves near its end only where more entries exist", () => {
    expect(checkEdges(free(0), view(2_600), 3_000)).toEqual(free(0));
    expect(checkEdges(free(0), view(2_600), 3_500).base).toBe(500);
    expect(checkEdges(free(0), view(2_600), 90_000).base).toBe(1_100);
  });

  it("stays as it is in its middle and at the very start", () => {
    const middle = free(5_000);
    expect(checkEdges(middle, view(1_500), 100_000)).toBe(middle);
    const start = free(0);
    expect(checkEdges(start, view(3), 100_000)).toBe(start);
  });

  it("edge checks are silent while pinned, following or anchoring", () => {
    const holds: LogWindow[] = [
      jump(50_000, 100_000),
      follow(free(0), 100_000),
      checkEdges(free(10_000), view(10), 100_000),
    ];
    for (const held of holds) {
      // A stale range, from before the move, would move the window by half of it.
      expect(checkEdges(held, view(10), 100_000)).toBe(held);
      expect(checkEdges(held, view(2_950), 100_000)).toBe(held);
    }
  });
});

describe("a jump", () => {
  it("leaves follow and brings the entry to the top", () => {
    const window = jump(50_000, 100_000);
    expect(following(window)).toBe(false);
    expect(window.base).toBe(48_499);
    expect(heldOffset(window, layout(WINDOW_ROWS))).toBe(1_500 * ROW_HEIGHT);
  });

  it("is computed anew from the heights above it", () => {
    const window = jump(50_000, 100_000);
    const settledEarly = heldOffset(window, layout(WINDOW_ROWS));
    expect(heldOffset(window, layout(WINDOW_ROWS, 1_480, 640))).toBe((settledEarly ?? 0) + 640);
  });

  it("is exact at both ends and at ten million", () => {
    expect(jump(1, 10_000_000)).toEqual({ base: 0, hold: { by: "pin", sequence: 1 } });
    expect(heldOffset(jump(1, 10_000_000), layout(WINDOW_ROWS))).toBe(0);
    const far = jump(9_000_000, 10_000_000);
    expect(far.base).toBe(8_998_499);
    const last = jump(10_000_000, 10_000_000);
    expect(last.base).toBe(9_997_000);
    // The last row cannot come to the top: the view ends where the log ends.
    expect(heldOffset(last, layout(WINDOW_ROWS))).toBe(WINDOW_ROWS * ROW_HEIGHT - 600);
    expect(jump(77, 10)).toEqual(jump(10, 10));
  });

  it("lets go at the user's first input", () => {
    expect(release(jump(50_000, 100_000))).toEqual(free(48_499));
    const followed = follow(free(0), 10);
    expect(release(followed)).toBe(followed);
  });
});

describe("follow", () => {
  it("stays at the end as the log grows, without moving the window until it is full", () => {
    let window = follow(free(0), 100_000);
    expect(window.base).toBe(98_000);
    window = grow(window, 101_000);
    expect(window.base).toBe(98_000);
    expect(heldOffset(window, layout(3_000))).toBe(3_000 * ROW_HEIGHT - 600);
    window = grow(window, 101_001);
    expect(window.base).toBe(99_001);
    expect(following(window)).toBe(true);
  });

  it("leaves a view that is scrolled up alone under 1,500 appended entries", () => {
    let window = free(97_500);
    for (let head = 100_001; head <= 101_500; head++) window = grow(window, head);
    expect(window).toEqual(free(97_500));
    expect(heldOffset(window, layout(WINDOW_ROWS))).toBeNull();
  });

  it("stops when the user scrolls off the end, and starts when the end is reached", () => {
    const followed = follow(free(0), 1_000);
    expect(scrolledByUser(followed, { towardsEnd: false, pixelsToEnd: () => 25 }, 1_000)).toEqual(free(0));
    expect(scrolledByUser(followed, { towardsEnd: false, pixelsToEnd: () => 24 }, 1_000)).toBe(followed);
    expect(following(scrolledByUser(free(0), { towardsEnd: true, pixelsToEnd: () => 24 }, 1_000))).toBe(true);
    expect(following(scrolledByUser(free(0), { towardsEnd: true, pixelsToEnd: () => 25 }, 1_000))).toBe(
      false,
    );
  });

  it("is not started by the first pixels of a scroll upwards", () => {
    const left = stay(follow(free(0), 1_000));
    expect(scrolledByUser(left, { towardsEnd: false, pixelsToEnd: () => 3 }, 1_000)).toBe(left);
  });

  it("is not started at the end of a window that is not the end of the log", () => {
    const window = free(0);
    expect(scrolledByUser(window, { towardsEnd: true, pixelsToEnd: () => 0 }, 50_000)).toBe(window);
  });
});
