import { useQuery } from "@tanstack/react-query";
import { useMatch } from "@tanstack/react-router";

import { cardQuery } from "@/api/cards";
import { projectsQuery } from "@/api/projects";
import type { Project } from "@/api/types";

const KEY = "retoma-project";

/** The project whose board was looked at last, if it is still there; else the first. */
export function lastProject(projects: readonly Project[]): Project | undefined {
  const id = localStorage.getItem(KEY);
  return projects.find((project) => project.id === id) ?? projects[0];
}

export function rememberProject(projectId: string): void {
  localStorage.setItem(KEY, projectId);
}

/** The project the screen is about: the board's, the card's, or the one looked at last. */
export function useCurrentProject(): Project | undefined {
  const projectId = useMatch({ from: "/projects/$projectId", shouldThrow: false })?.params.projectId;
  const cardId = useMatch({ from: "/cards/$cardId", shouldThrow: false })?.params.cardId;
  const projects = useQuery(projectsQuery).data ?? [];
  const card = useQuery({ ...cardQuery(cardId ?? ""), enabled: cardId !== undefined }).data;
  const id = projectId ?? card?.projectId;
  return id === undefined ? lastProject(projects) : projects.find((project) => project.id === id);
}
