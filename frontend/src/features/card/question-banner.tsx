import { IconHandStop } from "@tabler/icons-react";
import { useLocation } from "@tanstack/react-router";
import { Suspense, lazy, useEffect, useRef, useState } from "react";

import { useAnswerRequest } from "@/api/executions";
import type { AgentRequest } from "@/api/types";
import { formatTime, formatUtc } from "@/lib/format";
import { t } from "@/lib/messages";
import { Button } from "@/ui/button";

import styles from "./question-banner.module.css";
import { questionsOf } from "./questions";

type Props = {
  request: AgentRequest;
  agentTitle: string;
  /** Where there are several on a screen, each has a place of its own in the address. */
  id?: string;
};

/** A shell command is shown as such; any other input as it came. */
function inputText(input: Record<string, unknown>): string | null {
  const command = input["command"];
  if (typeof command === "string") return command;
  return Object.keys(input).length === 0 ? null : JSON.stringify(input, null, 2);
}

const DenyForm = lazy(() => import("./deny-form").then((module) => ({ default: module.DenyForm })));

const ChoiceForm = lazy(() => import("./choice-form").then((module) => ({ default: module.ChoiceForm })));

/**
 * The agent's open question. It never takes the focus when it arrives; who comes by an "Answer" link (`#question`) finds
 * the focus on "Allow once".
 */
export function QuestionBanner({ request, agentTitle, id = "question" }: Props) {
  const answer = useAnswerRequest();
  const [denying, setDenying] = useState(false);
  const allow = useRef<HTMLButtonElement>(null);
  const asked = useLocation({ select: (location) => location.hash === id });
  useEffect(() => {
    if (asked) allow.current?.focus();
  }, [asked]);
  const questions = questionsOf(request);
  const input = questions.length > 0 ? null : inputText(request.input);
  const busy = answer.isPending || answer.isSuccess;
  return (
    <div id={id} role="group" className={styles.banner} aria-labelledby={`${id}-title`}>
      <IconHandStop className={styles.icon} size={20} aria-hidden />
      <div>
        <h2 id={`${id}-title`}>
          {request.tool && questions.length === 0
            ? t.question.tool(agentTitle, request.tool)
            : t.question.asks(agentTitle)}{" "}
          <time className={styles.since} dateTime={request.createdAt} title={formatUtc(request.createdAt)}>
            {t.question.since(formatTime(request.createdAt))}
          </time>
        </h2>
        {questions.length > 0 && !denying ? null : <p className={styles.question}>{request.question}</p>}
        {input === null ? null : (
          <pre className={styles.input} tabIndex={0}>
            {input}
          </pre>
        )}
      </div>
      {denying || questions.length === 0 ? null : (
        <Suspense fallback={<p className={styles.question}>{request.question}</p>}>
          <ChoiceForm
            questions={questions}
            busy={busy}
            asked={asked}
            onAnswer={(message) => answer.mutate({ request, decision: "allow", message })}
            onDeny={() => setDenying(true)}
          />
        </Suspense>
      )}
      {denying || questions.length > 0 ? null : (
        <div className={styles.buttons}>
          <Button
            ref={allow}
            className={styles.allow}
            loading={busy}
            onClick={() => answer.mutate({ request, decision: "allow" })}
          >
            {t.question.allow}
          </Button>
          <Button variant="default" disabled={busy} onClick={() => setDenying(true)}>
            {t.question.deny}
          </Button>
        </div>
      )}
      {denying ? (
        <Suspense fallback={null}>
          <DenyForm
            busy={busy}
            onBack={() => setDenying(false)}
            onDeny={(message) =>
              answer.mutate({ request, decision: "deny", ...(message ? { message } : {}) })
            }
          />
        </Suspense>
      ) : null}
      {answer.error ? (
        <p className={styles.problem} role="alert">
          {answer.error.message}
        </p>
      ) : null}
    </div>
  );
}
