import { describe, expect, it } from "vitest";

import type { Agent, Card, Column, Project } from "@/api/types";

import { agentNames } from "./agent-names";
import { filterOf, filtered, indexAmongAll, partsOf } from "./board-filter";

const card = (id: string, change: object = {}) =>
  ({
    id,
    number: 1,
    title: id,
    labels: [],
    agent: null,
    activeExecution: null,
    ...change,
  }) as unknown as Card;
const run = (status: string, agent = "claude") => ({ activeExecution: { status, agent } });
const agents = agentNames([{ name: "claude", title: "Claude Code" } as Agent], {
  agent: "rehearsal",
} as Project);

const board: Record<Column, Card[]> = {
  backlog: [card("a", { number: 404, title: "Cart is SLOW", labels: ["bug", "shop"] }), card("b")],
  plan: [card("c", run("waiting")), card("d", run("running", "codex"))],
  implement: [],
  test: [],
  review: [],
  done: [card("e", { agent: "claude", labels: ["shop"] })],
};
const shown = (filter: object) =>
  Object.values(filtered(board, filter, agents))
    .flat()
    .map(({ id }) => id);

describe("the board's filter", () => {
  it("is what the address says, and nothing that it does not know", () => {
    expect(filterOf({ text: 404, label: "bug", status: "waiting", agent: "" })).toEqual({
      text: "404",
      label: "bug",
      agent: undefined,
      status: "waiting",
    });
    expect(filterOf({ status: "asleep", text: ["a"] })).toEqual({});
    expect(partsOf(filterOf({ text: "a", label: "b", colour: "c" }))).toBe(2);
  });

  it("without a part leaves the board as it is", () => {
    expect(filtered(board, {}, agents)).toBe(board);
  });

  it("finds every word, in the number, the title and the labels, in any case", () => {
    expect(shown({ text: "slow cart" })).toEqual(["a"]);
    expect(shown({ text: "#404" })).toEqual(["a"]);
    expect(shown({ text: "shop" })).toEqual(["a", "e"]);
    expect(shown({ text: "slow fast" })).toEqual([]);
  });

  it("asks for all its parts", () => {
    expect(shown({ label: "shop" })).toEqual(["a", "e"]);
    expect(shown({ label: "shop", agent: "claude" })).toEqual(["e"]);
    expect(shown({ status: "idle" })).toEqual(["a", "b", "e"]);
    expect(shown({ status: "waiting" })).toEqual(["c"]);
  });

  it("takes a card's agent from its run, itself, or the project", () => {
    expect(shown({ agent: "claude" })).toEqual(["c", "e"]);
    expect(shown({ agent: "codex" })).toEqual(["d"]);
    expect(shown({ agent: "rehearsal" })).toEqual(["a", "b"]);
  });
});

describe("a place between shown cards", () => {
  const all = ["a", "b", "c", "d", "e"].map((id) => card(id));
  const some = all.filter(({ id }) => id === "b" || id === "d");
  it("lies before the shown card that follows, else right behind the last", () => {
    expect(indexAmongAll(some, all, 0)).toBe(1);
    expect(indexAmongAll(some, all, 1)).toBe(3);
    expect(indexAmongAll(some, all, 2)).toBe(4);
    expect(indexAmongAll([], all, 0)).toBe(5);
    expect(indexAmongAll(all, all, 2)).toBe(2);
  });
});
