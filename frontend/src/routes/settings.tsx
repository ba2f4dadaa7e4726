import "@mantine/core/styles/Input.css";

import { useQuery } from "@tanstack/react-query";

import { agentsQuery } from "@/api/agents";
import { projectsQuery } from "@/api/projects";
import { lastSweepQuery, recoveryQuery, sessionQuery, storageQuery } from "@/api/server";
import { ConnectionPill } from "@/features/connection/connection-pill";
import { ColourScheme } from "@/features/navigation/colour-scheme";
import { LanguageChoice } from "@/features/navigation/language-choice";
import { recoveryLine } from "@/features/server/recovery-words";
import { AgentsSection } from "@/features/settings/agents-section";
import { DataSection } from "@/features/settings/data-section";
import { ProjectsSection } from "@/features/settings/projects-section";
import { SettingsScreen } from "@/features/settings/settings-screen";
import { AppearanceSection, NoticesSection } from "@/features/settings/switches";
import { t } from "@/lib/messages";
import { usePageTitle } from "@/lib/page-title";
import { WaitScreen } from "@/ui/screen";

/** What can be set, and how things stand. */
export function SettingsPage() {
  usePageTitle(t.settings.title);
  const agents = useQuery(agentsQuery);
  const projects = useQuery(projectsQuery);
  const storage = useQuery(storageQuery);
  const recovery = useQuery(recoveryQuery).data ?? null;
  const sweep = useQuery(lastSweepQuery).data ?? null;
  const version = useQuery(sessionQuery).data?.version;
  const failed = [agents, projects, storage].find(({ error, data }) => error && !data)?.error;
  if (failed) throw failed;
  if (!agents.data || !projects.data || !storage.data) return <WaitScreen label={t.settings.loading} />;
  return (
    <SettingsScreen connection={<ConnectionPill />}>
      <AgentsSection agents={agents.data} />
      <ProjectsSection
        projects={projects.data}
        agents={agents.data}
        defaultDays={storage.data.retentionDays}
      />
      <NoticesSection />
      <AppearanceSection>
        <ColourScheme />
        <LanguageChoice />
      </AppearanceSection>
      <DataSection
        storage={storage.data}
        sweep={sweep}
        recovery={recovery}
        recoveryLine={recovery && recoveryLine(recovery)}
        version={version}
      />
    </SettingsScreen>
  );
}
