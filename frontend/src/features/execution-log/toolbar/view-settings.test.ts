import { afterEach, expect, it } from "vitest";

import { sinceStart } from "../rows/log-row";
import { readSettings } from "./view-settings";

afterEach(() => localStorage.clear());

it("keeps what it can read of what was kept", () => {
  const first = { wrap: true, times: "absolute" };
  expect(readSettings()).toEqual(first);
  for (const kept of ["", "null", "7", "{", '{"times":"sometimes"}', '{"wrap":"no"}']) {
    localStorage.setItem("retoma.log.view", kept);
    expect(readSettings()).toEqual(first);
  }
  localStorage.setItem("retoma.log.view", '{"wrap":false,"times":"hidden"}');
  expect(readSettings()).toEqual({ wrap: false, times: "hidden" });
});

it("tells the time since the start in the same places for every line", () => {
  const start = Date.parse("2026-11-22T10:00:00Z");
  expect(
    ["2026-11-22T10:00:00.900Z", "2026-11-22T10:01:05Z", "2026-11-22T23:00:00Z", "2026-11-22T09:00:00Z"].map(
      (timestamp) => sinceStart(timestamp, start),
    ),
  ).toEqual(["+0:00", "+1:05", "+13:00:00", "+0:00"]);
});
