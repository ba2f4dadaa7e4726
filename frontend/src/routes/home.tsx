import { useSuspenseQuery } from "@tanstack/react-query";
import { Navigate, useNavigate, useSearch } from "@tanstack/react-router";

import { projectsQuery } from "@/api/projects";
import { AddProject } from "@/features/projects/add-project";

import { lastProject } from "./current-project";

/** On to the board looked at last, or the way to the first project. */
export function HomePage() {
  const projects = useSuspenseQuery(projectsQuery).data;
  const { add } = useSearch({ from: "/" });
  const navigate = useNavigate();
  const project = lastProject(projects);
  if (project && !add)
    return <Navigate to="/projects/$projectId" params={{ projectId: project.id }} replace />;
  return (
    <AddProject
      onAdded={({ id }) => void navigate({ to: "/projects/$projectId", params: { projectId: id } })}
    />
  );
}
