"""From what is stored to what is on the wire."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from retoma.cards.model import Card
from retoma.core.clock import wire_time
from retoma.core.status import Usage
from retoma.executions.model import (
    ActiveExecution,
    Execution,
    Message,
    Recovery,
    RecoveryOutcome,
    Request,
    Sweep,
    next_actions,
)
from retoma.executions.statistics import Figures, Statistics
from retoma.pipeline.detect import AgentFound
from retoma.projects.model import Project
from retoma.web import wire, wire_past


def project(stored: Project) -> wire.Project:
    """Present a project."""
    return {
        "id": stored.id,
        "name": stored.name,
        "path": stored.path,
        "defaultBranch": stored.default_branch,
        "testCommand": stored.test_command,
        "agent": stored.agent,
        "retentionDays": stored.retention_days,
        "createdAt": wire_time(stored.created_at),
    }


def card(stored: Card, active: ActiveExecution | None, now: datetime) -> wire.Card:
    """Present a card with its active execution."""
    return {
        "id": stored.id,
        "projectId": stored.project_id,
        "number": stored.number,
        "title": stored.title,
        "description": stored.description,
        "column": stored.column,
        "position": stored.position,
        "labels": list(stored.labels),
        "pinned": stored.pinned,
        "agent": stored.agent,
        "plan": stored.plan,
        "branch": stored.branch,
        "createdAt": wire_time(stored.created_at),
        "updatedAt": wire_time(stored.updated_at),
        "activeExecution": None if active is None else _active_execution(active, now),
    }


def _active_execution(stored: ActiveExecution, now: datetime) -> wire.ActiveExecution:
    return {
        "id": stored.public_id,
        "status": stored.status,
        "command": stored.command,
        "agent": stored.agent,
        "startedAt": _time(stored.started_at),
        "completedAt": _time(stored.completed_at),
        "duration": duration(stored, now),
        "headSequence": stored.head_sequence,
        "lastLine": stored.last_line,
        "usage": _usage(stored.usage),
    }


def execution(
    stored: Execution, its_card: Card, open_requests: Sequence[Request], unheard: Sequence[Message], now: datetime
) -> wire.Execution:
    """Present an execution with the questions that wait for an answer, and the words its agent has not taken in."""
    return {
        "id": stored.public_id,
        "cardId": stored.card_id,
        "cardNumber": its_card.number,
        "cardTitle": its_card.title,
        "projectId": its_card.project_id,
        "command": stored.command,
        "agent": stored.agent,
        "status": stored.status,
        "isActive": stored.is_active,
        "attemptOf": stored.attempt_of,
        "agentSession": stored.agent_session,
        "prompt": stored.prompt,
        "createdAt": wire_time(stored.created_at),
        "startedAt": _time(stored.started_at),
        "completedAt": _time(stored.completed_at),
        "duration": duration(stored, now),
        "result": stored.result,
        "error": stored.error,
        "exitCode": stored.exit_code,
        "usage": _usage(stored.usage),
        "headSequence": stored.head_sequence,
        "lastLine": stored.last_line,
        "evidence": stored.evidence,
        "nextActions": [_action(name) for name in next_actions(stored, open_requests)],
        "openRequests": [request(one, stored) for one in open_requests],
        "messages": [message(one, stored) for one in unheard],
        "logRemovedAt": _time(stored.log_removed_at),
    }


def message(stored: Message, its_execution: Execution) -> wire.Message:
    """Present a follow-up of the user."""
    return {
        "executionId": its_execution.public_id,
        "n": stored.n,
        "text": stored.text,
        "state": stored.state.value,
        "createdAt": wire_time(stored.created_at),
        "deliveredAt": _time(stored.delivered_at),
        "idempotencyKey": stored.idempotency_key,
    }


def recovery(stored: Recovery) -> wire.Recovery:
    """Present the report of a start."""
    return {
        "worker": stored.worker,
        "startedAt": wire_time(stored.started_at),
        "completedAt": _time(stored.completed_at),
        "continued": stored.count(RecoveryOutcome.CONTINUED),
        "caughtUp": stored.caught_up,
        "settled": stored.count(RecoveryOutcome.SETTLED),
        "interrupted": stored.count(RecoveryOutcome.INTERRUPTED),
        "runs": [
            {
                "executionId": run.execution,
                "cardId": run.card_id,
                "command": run.command,
                "outcome": run.outcome.value,
                "caughtUp": run.caught_up,
                "reason": run.reason,
            }
            for run in stored.runs
        ],
    }


def sweep(key: int, stored: Sweep) -> wire_past.Sweep:
    """Present the report of a sweep."""
    waiting = stored.waiting
    return {
        "id": str(key),
        "worker": stored.worker,
        "startedAt": wire_time(stored.started_at),
        "completedAt": _time(stored.completed_at),
        "sealedExecutions": stored.sealed_executions,
        "sealedEntries": stored.sealed_entries,
        "removedExecutions": stored.removed_executions,
        "removedEntries": stored.removed_entries,
        "removedWorktrees": stored.removed_worktrees,
        "freedBytes": stored.freed_bytes,
        "waiting": None if waiting is None else {"due": waiting.due, "kept": waiting.kept},
    }


def request(stored: Request, its_execution: Execution) -> wire.AgentRequest:
    """Present a question of an agent."""
    return {
        "executionId": its_execution.public_id,
        "cardId": its_execution.card_id,
        "n": stored.n,
        "sequence": stored.sequence,
        "question": stored.question,
        "tool": stored.tool,
        "input": stored.input,
        "state": stored.state.value,
        "decision": _decision(stored.decision),
        "message": stored.message,
        "createdAt": wire_time(stored.created_at),
        "answeredAt": _time(stored.answered_at),
    }


def agent(found: AgentFound) -> wire.Agent:
    """Present an agent."""
    can = found.adapter.capabilities
    return {
        "name": found.adapter.name,
        "title": found.adapter.title,
        "available": found.program is not None,
        "version": found.version,
        "program": None if found.program is None else " ".join(found.program),
        "signedIn": found.signed_in,
        "hint": found.hint,
        "capabilities": {
            "resume": can.resume,
            "messages": can.messages,
            "approvals": can.approvals,
            "cost": can.cost,
            "thinking": can.thinking,
        },
    }


def statistics(found: Statistics, names: Mapping[str, str]) -> wire_past.Statistics:
    """Present statistics; `names` by the keys of the groups that have one."""
    groups = found.groups.items()
    return {
        "total": _figures(found.total),
        "groups": [{"key": key, "name": names.get(key), **_figures(figures)} for key, figures in groups],
    }


def _figures(found: Figures) -> wire_past.Figures:
    return {
        "executions": found.executions,
        "byStatus": {status.value: count for status, count in found.by_status.items()},
        "successRate": found.success_rate,
        "duration": {"p50": found.duration_p50, "p95": found.duration_p95, "total": found.duration_total},
        "usage": _usage(found.usage),
    }


def duration(stored: Execution | ActiveExecution, now: datetime) -> float | None:
    """Return how long it took, in seconds, or has taken up to now; None where it has not begun."""
    if stored.duration is not None or stored.started_at is None:
        return stored.duration
    return max(0.0, round((now - stored.started_at).total_seconds(), 3))


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else wire_time(moment)


def _usage(usage: Usage | None) -> wire.Usage | None:
    if usage is None:
        return None
    return {
        "inputTokens": usage.input_tokens,
        "outputTokens": usage.output_tokens,
        "cacheReadTokens": usage.cache_read_tokens,
        "cacheWriteTokens": usage.cache_write_tokens,
        "costUsd": usage.cost_usd,
    }


_ACTIONS: dict[str, wire.NextAction] = {
    "cancel": "cancel",
    "answer": "answer",
    "run-again": "run-again",
    "clear": "clear",
    "resume": "resume",
}
_DECISIONS: dict[str, wire.DecisionName] = {"allow": "allow", "deny": "deny"}


def _action(name: str) -> wire.NextAction:
    return _ACTIONS[name]


def _decision(name: str | None) -> wire.DecisionName | None:
    return None if name is None else _DECISIONS[name]
