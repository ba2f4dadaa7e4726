import { useQuery } from "@tanstack/react-query";

import { agentsQuery } from "@/api/agents";
import { inNeedQuery } from "@/api/in-need";
import { projectsQuery } from "@/api/projects";
import type { AgentRequest } from "@/api/types";
import { QuestionBanner } from "@/features/card/question-banner";
import { ConnectionPill } from "@/features/connection/connection-pill";
import { NeedsYouScreen } from "@/features/needs-you/needs-you-screen";
import { t } from "@/lib/messages";
import { usePageTitle } from "@/lib/page-title";
import { WaitScreen } from "@/ui/screen";

function questionBanner(request: AgentRequest, agentTitle: string) {
  const id = `question-${request.executionId}-${request.n}`;
  return <QuestionBanner request={request} agentTitle={agentTitle} id={id} />;
}

/** The inbox: what needs somebody, over all projects. */
export function NeedsYouPage() {
  usePageTitle(t.needsYou.title);
  const runs = useQuery(inNeedQuery).data;
  const agents = useQuery(agentsQuery).data ?? [];
  const projects = useQuery(projectsQuery).data ?? [];
  if (!runs) return <WaitScreen label={t.needsYou.loading} />;
  return (
    <NeedsYouScreen
      runs={runs}
      projects={projects}
      agents={agents}
      connection={<ConnectionPill />}
      question={questionBanner}
    />
  );
}
