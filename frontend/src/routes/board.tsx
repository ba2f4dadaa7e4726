import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useCallback, useEffect } from "react";

import { agentsQuery } from "@/api/agents";
import { boardQuery } from "@/api/cards";
import { projectsQuery } from "@/api/projects";
import type { Project } from "@/api/types";
import type { BoardFilter } from "@/features/board/board-filter";
import { BoardScreen } from "@/features/board/board-screen";
import { ConnectionPill } from "@/features/connection/connection-pill";
import { t } from "@/lib/messages";
import { usePageTitle } from "@/lib/page-title";
import { useLiveBoard } from "@/live/use-live";
import { WaitScreen } from "@/ui/screen";

import { rememberProject } from "./current-project";
import { NotFound } from "./not-found";

/** A project's board, from the first answer on kept up to date by the live connection. */
function BoardOf({ project }: { project: Project }) {
  const filter = useSearch({ from: "/projects/$projectId" });
  const navigate = useNavigate({ from: "/projects/$projectId" });
  const show = useCallback((next: BoardFilter) => void navigate({ search: next, replace: true }), [navigate]);
  useLiveBoard(project.id);
  const board = useQuery(boardQuery(project.id));
  const agents = useQuery(agentsQuery).data ?? [];
  useEffect(() => rememberProject(project.id), [project.id]);
  usePageTitle(project.name);
  if (board.error && !board.data) throw board.error;
  if (!board.data) return <WaitScreen label={t.wait.board} />;
  return (
    <BoardScreen
      project={project}
      board={board.data}
      agents={agents}
      filter={filter}
      onFilter={show}
      connection={<ConnectionPill />}
    />
  );
}

export function BoardPage() {
  const { projectId } = useParams({ from: "/projects/$projectId" });
  const projects = useSuspenseQuery(projectsQuery).data;
  const project = projects.find((each) => each.id === projectId);
  return project ? <BoardOf key={project.id} project={project} /> : <NotFound />;
}
