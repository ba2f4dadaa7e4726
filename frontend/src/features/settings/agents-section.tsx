import { IconAlertTriangle, IconCheck } from "@tabler/icons-react";

import { useTestAgent } from "@/api/agents";
import type { Agent } from "@/api/types";
import { t } from "@/lib/messages";
import { notify } from "@/lib/notices";
import { Button } from "@/ui/button";
import { TextWithCode } from "@/ui/text-with-code";

import { Section } from "./section";
import styles from "./settings-screen.module.css";

const titleOf = ({ name, title }: Agent) => (name === "rehearsal" ? t.agent.rehearsal : title);

const isReady = ({ available, signedIn }: Agent) => available && signedIn !== false;

function AgentRow({ agent }: { agent: Agent }) {
  const test = useTestAgent();
  const title = titleOf(agent);
  const ready = isReady(agent);
  const Icon = ready ? IconCheck : IconAlertTriangle;
  const told = (tested: Agent) =>
    isReady(tested)
      ? notify("done", t.settings.testWell(title))
      : notify("problem", tested.hint ?? t.settings.testNot(title));
  const facts = [
    agent.available ? t.settings.agentHere : t.settings.agentMissing,
    agent.version,
    agent.signedIn === null ? null : agent.signedIn ? t.settings.signedIn : t.settings.signedOut,
  ];
  return (
    <li className={styles.agent}>
      <Icon className={styles.state} data-ready={ready} size={18} aria-hidden />
      <div>
        <h3>{title}</h3>
        <p>{facts.filter(Boolean).join(" · ")}</p>
        {agent.program ? <code>{agent.program}</code> : null}
        {agent.hint ? (
          <p className={styles.hint}>
            <TextWithCode text={agent.hint} />
          </p>
        ) : null}
      </div>
      <Button
        variant="default"
        aria-label={t.settings.testOf(title)}
        loading={test.isPending}
        onClick={() => test.mutate(agent.name, { onSuccess: told })}
      >
        {t.settings.test}
      </Button>
    </li>
  );
}

/** Which agents there are, and what to do about those that are not ready. */
export function AgentsSection({ agents }: { agents: readonly Agent[] }) {
  return (
    <Section title={t.settings.agents}>
      <ul>
        {agents.map((agent) => (
          <AgentRow key={agent.name} agent={agent} />
        ))}
      </ul>
    </Section>
  );
}
