/** What was typed for a new card and not sent yet, per project. */
type Draft = { title: string; description: string };

const key = (projectId: string) => `retoma-draft-${projectId}`;

export function readDraft(projectId: string): Draft {
  const [title = "", description = ""] = (sessionStorage.getItem(key(projectId)) ?? "").split("\u0000");
  return { title, description };
}

export function writeDraft(projectId: string, { title, description }: Draft): void {
  sessionStorage.setItem(key(projectId), `${title}\u0000${description}`);
}

export function clearDraft(projectId: string): void {
  sessionStorage.removeItem(key(projectId));
}
