import { useNavigate } from "@tanstack/react-router";
import { useRef } from "react";

import { countInNeed } from "@/api/in-need";
import type { Execution } from "@/api/types";
import { tellDesktop } from "@/lib/desktop";
import { t } from "@/lib/messages";
import { announce } from "@/lib/notices";
import { countInTitle } from "@/lib/page-title";
import { isUnfinished, statusWord } from "@/lib/status";
import { useLiveRuns } from "@/live/use-live";

const questionsOf = ({ id, openRequests }: Execution) => openRequests.map(({ n }) => `${id} ${n}`);

/** Those that ask what they had not asked before. */
function newlyAsking(now: readonly Execution[], before: readonly Execution[]): readonly Execution[] {
  const known = new Set(before.flatMap(questionsOf));
  return now.filter((run) => questionsOf(run).some((question) => !known.has(question)));
}

/** Whether a change is the run's end: what happens to it afterwards (its card is cleared, its log removed) is not. */
function hasJustEnded({ status, isActive, logRemovedAt, completedAt }: Execution, since: string): boolean {
  return !isUnfinished(status) && isActive && logRemovedAt === null && (completedAt ?? "") >= since;
}

/** Tells the reader, wherever in the page or away from it, who needs somebody and which runs are over. */
export function useAttention(): void {
  const navigate = useNavigate();
  const told = useRef(new Set<string>());
  const open = (run: Execution, hash?: string) =>
    void navigate({ to: "/cards/$cardId", params: { cardId: run.cardId }, ...(hash && { hash }) });

  useLiveRuns({
    onNeeds: (now, before) => {
      countInTitle(countInNeed(now));
      for (const run of before ? newlyAsking(now, before) : []) {
        const title = t.question.arrived(run.cardNumber);
        announce(title);
        const asked = run.openRequests.at(-1);
        const tag = `${run.id} ${asked?.n}`;
        tellDesktop({
          title,
          body: asked?.question ?? run.cardTitle,
          tag,
          onOpen: () => open(run, "question"),
        });
      }
    },
    onChanged: (changed, since) => {
      for (const run of changed.filter((each) => hasJustEnded(each, since))) {
        if (told.current.has(run.id)) continue;
        told.current.add(run.id);
        const title = t.ended(run.cardNumber, run.command, statusWord(run.status));
        announce(title);
        tellDesktop({ title, body: run.cardTitle, tag: `${run.id} ended`, onOpen: () => open(run) });
      }
    },
  });
}
