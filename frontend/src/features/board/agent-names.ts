import type { Agent, Card, Project } from "@/api/types";
import { t } from "@/lib/messages";

/** What a card says about its agent: whose run it shows, else whom it would ask. */
export type AgentNames = {
  nameOf: (card: Card) => string;
  titleOf: (name: string) => string;
};

export function agentNames(agents: readonly Agent[], project: Project): AgentNames {
  const titles = new Map(agents.map((agent) => [agent.name, agent.title]));
  return {
    nameOf: (card) => card.activeExecution?.agent ?? card.agent ?? project.agent,
    titleOf: (name) => (name === "rehearsal" ? t.agent.rehearsal : (titles.get(name) ?? name)),
  };
}
