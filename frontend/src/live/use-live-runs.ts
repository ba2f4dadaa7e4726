import { useQueryClient } from "@tanstack/react-query";
import type { QueryClient } from "@tanstack/react-query";
import { useEffect } from "react";

import { keepBoards, readNewestRuns, readStatisticsAgain } from "@/api/history";
import type { RunFilters } from "@/api/history";
import type { ActiveExecution, Card } from "@/api/types";

import { liveClient } from "./live-client";

/** However much goes on on the boards, the list hears of it once in so many ms. */
const BUNDLE_MS = 400;

/** What the boards have said since the list last heard of it. */
class Heard {
  private active = new Map<string, ActiveExecution>();
  private removed = new Set<string>();
  private turned = false;
  private readonly standing = new Map<string, string>();

  hear(cards: readonly Card[], gone: readonly string[], all: boolean): void {
    this.turned ||= all || gone.length > 0;
    for (const { id, activeExecution: run } of cards) {
      const now = run ? `${run.id} ${run.status}` : "";
      this.turned ||= this.standing.get(id) !== now;
      this.standing.set(id, now);
      if (run) this.active.set(run.id, run);
    }
    for (const id of gone) this.removed.add(id);
  }

  tell(client: QueryClient, filters: RunFilters): void {
    keepBoards(client, filters, this.active, this.removed);
    this.active = new Map();
    this.removed = new Set();
    if (!this.turned) return;
    this.turned = false;
    // Without an answer the connection is lost too: its return brings a whole board, and with it another look.
    void readNewestRuns(client, filters).catch(() => {});
    void readStatisticsAgain(client);
  }
}

function followRuns(client: QueryClient, projectIds: readonly string[], filters: RunFilters): () => void {
  const heard = new Heard();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const hear = (...news: Parameters<Heard["hear"]>) => {
    heard.hear(...news);
    timer ??= setTimeout(() => {
      timer = undefined;
      heard.tell(client, filters);
    }, BUNDLE_MS);
  };
  const stops = projectIds.map((id) =>
    liveClient.subscribeBoard(id, {
      onSnapshot: (cards) => hear(cards, [], true),
      onChange: (cards, removed) => hear(cards, removed, false),
    }),
  );
  return () => {
    clearTimeout(timer);
    for (const stop of stops) stop();
  };
}

/**
 * Keeps the list of runs up to date: how runs stand comes from the boards themselves, and only a run that began, ended
 * or went away is a reason to ask for the newest ones.
 */
export function useLiveRuns(projectIds: readonly string[], filters: RunFilters): void {
  const client = useQueryClient();
  const projects = projectIds.join(" ");
  useEffect(
    () => followRuns(client, projects.split(" ").filter(Boolean), filters),
    [client, projects, filters],
  );
}
