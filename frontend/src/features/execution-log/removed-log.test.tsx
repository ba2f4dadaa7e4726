import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";

import { RemovedLog } from "./removed-log";

const shown = (removedAt: string, completedAt: string | null) =>
  renderToStaticMarkup(<RemovedLog removedAt={removedAt} completedAt={completedAt} />);

it("a log that was removed says so, and after how many days, in place of its lines", () => {
  const text = shown("2020-03-20T10:00:00.000Z", "2020-02-18T09:00:00.000Z");
  expect(text).toMatch(/The log was removed on .*2020.*, 31 days after the run had ended\./);
  expect(text).toContain("The result and the figures stay.");
  expect(text).not.toContain('role="log"');
});

it("one day is one day", () => {
  expect(shown("2020-03-20T10:00:00.000Z", "2020-03-19T09:00:00.000Z")).toContain("1 day after");
});
