import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useEffect, useMemo } from "react";

import { agentsQuery } from "@/api/agents";
import { boardQuery } from "@/api/cards";
import { projectsQuery } from "@/api/projects";
import type { Project } from "@/api/types";
import { BoardScreen } from "@/features/board/board-screen";
import { ConnectionPill } from "@/features/connection/connection-pill";
import { t } from "@/lib/messages";
import { useLiveBoard } from "@/live/use-live";
import { WaitScreen } from "@/ui/screen";

import { useArrivals } from "./arrivals";
import { rememberProject } from "./current-project";
import { NotFound } from "./not-found";

/** A project's board, from the first answer on kept up to date by the live connection. */
export function BoardOf({ project }: { project: Project }) {
  useLiveBoard(project.id);
  const board = useQuery(boardQuery(project.id));
  const agents = useQuery(agentsQuery).data ?? [];
  useEffect(() => rememberProject(project.id), [project.id]);
  const cards = useMemo(() => board.data && [...board.data.cards.values()], [board.data]);
  const waiting = (cards ?? []).filter((card) => card.activeExecution?.status === "waiting").length;
  useArrivals(cards);
  useEffect(() => {
    document.title = `${waiting > 0 ? `(${waiting}) ` : ""}${project.name} – ${t.product}`;
  }, [project.name, waiting]);
  if (board.error && !board.data) throw board.error;
  if (!board.data) return <WaitScreen label={t.wait.board} />;
  return <BoardScreen project={project} board={board.data} agents={agents} connection={<ConnectionPill />} />;
}

export function BoardPage() {
  const { projectId } = useParams({ from: "/projects/$projectId" });
  const projects = useSuspenseQuery(projectsQuery).data;
  const project = projects.find((each) => each.id === projectId);
  return project ? <BoardOf key={project.id} project={project} /> : <NotFound />;
}
