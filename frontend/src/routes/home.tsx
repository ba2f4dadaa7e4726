import { useSuspenseQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";

import { projectsQuery } from "@/api/projects";
import { AddProject } from "@/features/projects/add-project";

import { BoardOf } from "./board";
import { lastProject } from "./current-project";

/** The board looked at last, or the way to the first project. */
export function HomePage() {
  const projects = useSuspenseQuery(projectsQuery).data;
  const { add } = useSearch({ from: "/" });
  const navigate = useNavigate();
  const project = lastProject(projects);
  if (project && !add) return <BoardOf project={project} />;
  return (
    <AddProject
      onAdded={({ id }) => void navigate({ to: "/projects/$projectId", params: { projectId: id } })}
    />
  );
}
