import { IconKey, IconMapPinOff, IconPlugConnectedX } from "@tabler/icons-react";
import { useQueryErrorResetBoundary } from "@tanstack/react-query";
import { Link, useRouter } from "@tanstack/react-router";
import type { ErrorComponentProps } from "@tanstack/react-router";

import { Problem } from "@/api/client";
import { t } from "@/lib/messages";
import { Button, buttonClass } from "@/ui/button";
import { MessageScreen } from "@/ui/screen";

function textOf(error: unknown): string {
  if (error instanceof Problem) return error.message;
  return t.problem.crash;
}

/** A screen that could not get what it needs: why, and what to do. */
export function RouteProblem({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  const queries = useQueryErrorResetBoundary();
  const again = () => {
    queries.reset();
    reset();
    void router.invalidate();
  };
  if (error instanceof Problem && error.status === 401) {
    return (
      <MessageScreen
        icon={<IconKey size={28} aria-hidden />}
        title={t.problem.signInTitle}
        text={t.problem.signIn}
      >
        <Button variant="default" onClick={again}>
          {t.problem.retry}
        </Button>
      </MessageScreen>
    );
  }
  const toBoard = (
    <Link className={buttonClass("default")} to="/">
      {t.problem.toBoard}
    </Link>
  );
  // What is gone stays gone, however often one asks.
  if (error instanceof Problem && error.status === 404) {
    return (
      <MessageScreen
        icon={<IconMapPinOff size={28} aria-hidden />}
        title={t.problem.notFoundTitle}
        text={error.message}
      >
        {toBoard}
      </MessageScreen>
    );
  }
  return (
    <MessageScreen
      icon={<IconPlugConnectedX size={28} aria-hidden />}
      title={t.problem.title}
      text={textOf(error)}
    >
      <Button onClick={again}>{t.problem.retry}</Button>
      {toBoard}
    </MessageScreen>
  );
}
