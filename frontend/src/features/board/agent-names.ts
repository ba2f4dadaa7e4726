import type { Agent, Card, Project } from "@/api/types";
import { t } from "@/lib/messages";

/** What a card says about its agent: whose run it shows, else whom it would ask. */
export type AgentNames = { of: (card: Card) => { agentTitle: string; rehearsed: boolean } };

export function agentNames(agents: readonly Agent[], project: Project): AgentNames {
  const titles = new Map(agents.map((agent) => [agent.name, agent.title]));
  return {
    of: (card) => {
      const name = card.activeExecution?.agent ?? card.agent ?? project.agent;
      const rehearsed = name === "rehearsal";
      return { agentTitle: rehearsed ? t.agent.rehearsal : (titles.get(name) ?? name), rehearsed };
    },
  };
}
