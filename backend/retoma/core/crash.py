"""Named points at which a test has a process end as by kill -9: `RETOMA_CRASH_AT=name`. Nothing happens otherwise.

The list is closed: a house test checks that each name is placed just once, `tests/torture` hits each one. The recorder,
which imports nothing of ours, has its own way to die at those that begin with `recorder-`.
"""

import os
import signal
from enum import StrEnum

from retoma.core.errors import InvalidError

VARIABLE = "RETOMA_CRASH_AT"
_AT = os.environ.get(VARIABLE)


class CrashPoint(StrEnum):
    """Where a process may be ended: what has just been done, or is just to be done."""

    # what a user asked for is stored, and nobody knows of it yet
    EXECUTION_STORED = "execution-stored"
    EXECUTION_TAKEN = "execution-taken"
    EXECUTION_ENQUEUED = "execution-enqueued"
    RESUMPTION_STORED = "resumption-stored"
    CANCEL_STORED = "cancel-stored"
    MESSAGE_STORED = "message-stored"
    ANSWER_STORED = "answer-stored"
    # a run begins
    CLAIMED = "claimed"
    WORKTREE_MADE = "worktree-made"
    WORKSPACE_STORED = "workspace-stored"
    PROMPT_WRITTEN = "prompt-written"
    RUNNING_STORED = "running-stored"
    RUN_DIRECTORY_MADE = "run-directory-made"
    RECORDER_STARTED = "a-recorder-was-started"
    FOLLOWED = "followed"
    # words for the agent
    MESSAGE_GIVEN = "message-given"
    ANSWER_GIVEN = "answer-given"
    # journal → store
    READ = "read"
    PARSED = "parsed"
    HEAD_MOVED = "head-moved"
    ENTRIES_WRITTEN = "entries-written"
    COMMITTED = "committed"
    WOKEN = "woken"
    QUESTION_STORED = "question-stored"
    # a worker comes back
    RECOVERY_BEGUN = "recovery-begun"
    CAME_BACK = "came-back"
    # the end
    CANCEL_SEEN = "cancel-seen"
    CANCEL_SENT = "cancel-sent"
    CLOSING_STORED = "closing-stored"
    CLOSING_SENT = "closing-sent"
    END_SEEN = "end-seen"
    JOURNAL_DRAINED = "journal-drained"
    END_WRITTEN = "end-written"
    END_STORED = "end-stored"
    END_SHOWN = "end-shown"
    ENGINE_TOLD = "engine-told"
    FINISHING = "finishing"
    FINISHED = "finished"
    # a log that has cooled is sealed
    CHUNK_PACKED = "chunk-packed"
    CHUNK_INSERTED = "chunk-inserted"
    CHUNK_STORED = "chunk-stored"
    SEAL_STORED = "seal-stored"
    JOURNAL_PACKED = "journal-packed"
    JOURNAL_COMPRESSED = "journal-compressed"
    # a sweep
    LOG_REMOVAL_STORED = "log-removal-stored"
    ENTRIES_DELETED = "entries-deleted"
    RUN_DIRECTORY_SET_ASIDE = "run-directory-set-aside"
    SPACE_GIVEN_BACK = "space-given-back"
    WORKTREE_KEPT = "worktree-kept"
    WORKTREE_SET_ASIDE = "worktree-set-aside"
    # in the recorder, and in the process that starts it
    RECORDER_LOCKED = "recorder-locked"
    RECORDER_DETACHED = "recorder-detached"
    RECORDER_JOURNAL_MADE = "recorder-journal-made"
    RECORDER_RUN_FILE_WRITTEN = "recorder-run.json-written"
    RECORDER_RUN_FILE_RENAMED = "recorder-run.json-renamed"
    RECORDER_FORKED = "recorder-forked"
    RECORDER_NAMED = "recorder-named"
    RECORDER_AGENT_LET_GO = "recorder-agent-let-go"
    RECORDER_STOPPING = "recorder-stopping"
    RECORDER_AGENT_ENDED = "recorder-agent-ended"
    RECORDER_TREE_ENDED = "recorder-tree-ended"
    RECORDER_JOURNAL_SYNCED = "recorder-journal-synced"
    RECORDER_EXIT_FILE_WRITTEN = "recorder-exit.json-written"
    RECORDER_EXIT_FILE_RENAMED = "recorder-exit.json-renamed"


def refuse_unknown_point() -> None:
    """InvalidError where this process was told to die at a point that does not exist: it would prove nothing."""
    if _AT and _AT not in set(CrashPoint):
        raise InvalidError(f"{VARIABLE} names no crash point: {_AT!r}.")


def crash_point(name: CrashPoint) -> None:
    """End this process here and now, if it was started for that."""
    if name == _AT:
        os.kill(os.getpid(), signal.SIGKILL)
