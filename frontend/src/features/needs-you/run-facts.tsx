import { Link } from "@tanstack/react-router";

import type { AgentRequest, Execution } from "@/api/types";
import { formatNumber } from "@/lib/format";
import { t } from "@/lib/messages";

import styles from "./needs-you-screen.module.css";

type Props = {
  run: Execution;
  request: AgentRequest | null;
  agentTitle: string;
  project: string | undefined;
};

/** Which card it is about, who works on it, and the way to the place in the log. */
export function RunFacts({ run, request, agentTitle, project }: Props) {
  const line = request?.sequence ?? run.headSequence;
  const card = { to: "/cards/$cardId", params: { cardId: run.cardId } } as const;
  return (
    <div className={styles.facts}>
      <h2>
        <Link {...card} search={{ execution: run.id }}>
          {t.needsYou.open(run.cardNumber, run.cardTitle)}
        </Link>
      </h2>
      <p>
        {[project, run.command, agentTitle].filter(Boolean).join(" · ")}
        {line > 0 ? (
          <>
            {" · "}
            <Link {...card} search={{ execution: run.id }} hash={`L${line}`}>
              {t.needsYou.line(formatNumber(line))}
            </Link>
          </>
        ) : null}
      </p>
    </div>
  );
}
