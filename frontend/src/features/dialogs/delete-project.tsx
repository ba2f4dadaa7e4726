import { useQuery } from "@tanstack/react-query";

import { projectsQuery, useDeleteProject } from "@/api/projects";
import { t } from "@/lib/messages";
import { notify } from "@/lib/notices";

import { Confirm } from "./frame";

type Props = { projectId: string; onClose: () => void };

export function DeleteProject({ projectId, onClose }: Props) {
  const project = useQuery(projectsQuery).data?.find(({ id }) => id === projectId);
  const remove = useDeleteProject();
  if (!project) return null;
  const done = () => {
    notify("done", t.settings.deleted(project.name));
    onClose();
  };
  return (
    <Confirm
      title={t.settings.deleteTitle(project.name)}
      text={t.settings.deleteText}
      confirm={t.settings.deleteConfirm}
      refuse={t.settings.keep}
      busy={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate(project.id, { onSuccess: done })}
      onClose={onClose}
    />
  );
}
