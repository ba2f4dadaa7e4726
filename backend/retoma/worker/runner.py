"""Beginning an execution: its workspace, its prompt, its recorder."""

import os
import subprocess
import sys
import time
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from retoma import recorder
from retoma.agents.adapter import Launch, Prompt
from retoma.agents.inputs import encode_within
from retoma.cards import service as cards
from retoma.cards.model import Card
from retoma.core.clock import boot_seconds, utc_now
from retoma.core.crash import VARIABLE, CrashPoint, crash_point
from retoma.core.errors import AppError, UnavailableError
from retoma.core.status import Status
from retoma.executions import message_store, store
from retoma.executions import service as executions
from retoma.executions.model import Execution
from retoma.pipeline.commands import write_prompt, write_resumption
from retoma.pipeline.detect import find_program
from retoma.projects import service as projects
from retoma.projects.model import Project
from retoma.projects.workspace import branch_name, prepare_workspace
from retoma.settings import Settings
from retoma.storage.connection import Connection
from retoma.storage.database import Database
from retoma.storage.disk import require_room
from retoma.worker.environment import agent_environment
from retoma.worker.follower import Claimed
from retoma.worker.rundir import RunDirectory
from retoma.worker.settle import end_tree

_START_SECONDS = 30
_NOT_UP = f"The recorder did not come up within {_START_SECONDS} s."
_ALREADY_RECORDED = 3
_LOOK_AGAIN_SECONDS = 0.1


class Runner:
    """Starts what was claimed. Every step may have been done by a worker that died: then it is not done again."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database, self._settings = database, settings

    def start(self, claimed: Claimed) -> bool:
        """Start the execution's recorder, or find that it has one. False: it was cancelled meanwhile.

        AppError says why it can't be started.
        """
        is_new = claimed.run.recorder() is None
        if is_new:
            require_room(self._settings.data, self._settings.free_disk_mib)
        with self._database.read() as connection:
            card = cards.get_card(connection, claimed.execution.card_id)
            project = projects.get_project(connection, card.project_id)
        workspace = self._prepare_workspace(project, card)
        crash_point(CrashPoint.WORKSPACE_STORED)
        now = utc_now()
        if not self._database.write(lambda connection: _mark_running(connection, claimed, project, card, now)):
            return False
        crash_point(CrashPoint.RUNNING_STORED)
        if is_new:
            self._start_recorder(claimed, workspace, resumes=self._is_begun(claimed.execution))
            crash_point(CrashPoint.RECORDER_STARTED)
        return True

    def _is_begun(self, execution: Execution) -> bool:
        """Whether the agent session exists already. UnavailableError where an earlier run of it may still be at it."""
        with self._database.read() as connection:
            earlier = _earlier(connection, execution)
        for one in earlier:
            self._prove_gone(one, execution)
        return any(one.has_session for one in earlier)

    def _prove_gone(self, earlier: Execution, later: Execution) -> None:
        """Two processes on one agent session would both go on, unaware of each other: never start the second."""
        run = RunDirectory(self._settings.runs / earlier.public_id)
        recorder = run.recorder()
        # Whose log was removed has no run directory any more: who carried it out is known by name only.
        elsewhere = earlier.log_removed_at is None or earlier.carried_out_by != later.owner
        begun = earlier.owner is not None and earlier.started_at is not None
        if recorder is None and begun and elsewhere and not run.path.exists():
            raise UnavailableError(
                f"Execution {earlier.public_id} was carried out by the worker {earlier.carried_out_by}; "
                "resume it when that one is there."
            )
        if recorder is not None and recorder.is_alive():
            raise UnavailableError(f"The recorder of execution {earlier.public_id} still runs; cancel that one first.")
        if not end_tree(run):
            raise UnavailableError(f"Processes of execution {earlier.public_id} are still there, and can't be ended.")

    def _prepare_workspace(self, project: Project, card: Card) -> Path:
        workspace = Path(card.workspace) if card.workspace else self._settings.workspaces / card.id
        branch = card.branch or branch_name(card.number, card.title)
        prepare_workspace(Path(project.path), workspace, branch=branch, base=project.default_branch, snapshot=card.id)
        crash_point(CrashPoint.WORKTREE_MADE)
        if card.workspace is None or card.branch is None:
            place = {"workspace": str(workspace), "branch": branch}
            self._database.write(lambda connection: cards.edit_card(connection, card.id, place, utc_now()))
        return workspace

    def _start_recorder(self, claimed: Claimed, workspace: Path, *, resumes: bool) -> None:
        execution, adapter = claimed.execution, claimed.adapter
        program = find_program(adapter.name, self._settings)
        if program is None:
            sentence = (
                f"{adapter.title} was not found on this machine. Install it, or set "
                f"RETOMA_{adapter.name.split('-', maxsplit=1)[0].upper()}_COMMAND to the command that starts it."
            )
            raise UnavailableError(sentence)
        launch = Launch(
            program=program,
            workspace=workspace,
            session=execution.agent_session,
            resume=resumes,
            command=execution.command,
        )
        claimed.run.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        crash_point(CrashPoint.RUN_DIRECTORY_MADE)
        environment = agent_environment(
            os.environ,
            prefixes=adapter.environment_prefixes,
            defaults=adapter.environment,
            public_id=execution.public_id,
        )
        argv = [sys.executable, "-I", "-S", str(Path(str(recorder.__file__)).with_name("__main__.py"))]
        argv += [str(claimed.run.path), str(workspace), "--", *adapter.build_argv(launch)]
        deadline = boot_seconds() + _START_SECONDS
        while not _call_recorder(argv, {**environment, **_for_the_recorder_only()}) and claimed.run.recorder() is None:
            # One that an earlier worker has started holds the lock, and has not told yet who it is: on a slow disk that
            # takes a while. To follow it now would be to find nobody, and to end what is about to begin.
            if boot_seconds() > deadline:
                raise UnavailableError(_NOT_UP)
            time.sleep(_LOOK_AGAIN_SECONDS)


def _call_recorder(argv: Sequence[str], environment: Mapping[str, str]) -> bool:
    """Start a recorder. False: the run has one already, or has had one."""
    try:
        done = subprocess.run(
            argv,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_START_SECONDS,
            start_new_session=True,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise UnavailableError(_NOT_UP) from error
    if done.returncode not in {0, _ALREADY_RECORDED}:
        sentence = f"The recorder could not be started: {done.stderr.decode('utf-8', 'replace').strip()}"
        raise UnavailableError(sentence)
    return done.returncode == 0


def _for_the_recorder_only() -> Mapping[str, str]:
    return {VARIABLE: os.environ[VARIABLE]} if VARIABLE in os.environ else {}


def _mark_running(connection: Connection, claimed: Claimed, project: Project, card: Card, now: datetime) -> bool:
    """Store the prompt and the status `running`, before anything is started. False: it is over (cancelled)."""
    execution = store.get_execution_by_key(connection, claimed.execution.id)
    if execution is None or execution.status.over or execution.fence != claimed.fence:
        return False
    if not message_store.last_number(connection, execution.id):
        key = str(uuid.uuid4())
        text = _text(connection, project, card, execution)
        prompt = Prompt(key=key, text=text, command=execution.command, description=card.description)
        way_out = "Shorten the card's description or its plan, or put the text into a file of the repository."
        wire = encode_within(claimed.adapter, prompt, what="The prompt", way_out=way_out)
        executions.add_message(connection, execution.id, key=key, text=text, wire=wire, now=now)
    crash_point(CrashPoint.PROMPT_WRITTEN)
    if execution.status is not Status.QUEUED:
        return True
    return store.move(connection, execution.id, Status.RUNNING, {"started_at": now}, fence=claimed.fence)


def _earlier(connection: Connection, execution: Execution) -> Sequence[Execution]:
    """Return the earlier executions of the same agent session, the newest first."""
    if execution.attempt_of is None:
        return []
    found = store.list_of_session(connection, execution.card_id, execution.agent_session)
    return [one for one in found if one.id != execution.id]


def _text(connection: Connection, project: Project, card: Card, execution: Execution) -> str:
    earlier = _earlier(connection, execution)
    if not any(one.has_session for one in earlier):
        return write_prompt(project, card, execution)
    resumed = next(one for one in earlier if one.public_id == execution.attempt_of)
    return write_resumption(execution, resumed, message_store.list_unheard(connection, [resumed.id]))


def reason(error: Exception) -> str:
    """Return the sentence for people that says why a start failed."""
    return error.detail if isinstance(error, AppError) else f"{type(error).__name__}: {error}"
