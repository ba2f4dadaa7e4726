"""A writer that is killed in mid-stream: what it acknowledged is there, in order and once, and nothing half."""

import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import retoma
from retoma.executions import service
from retoma.logs import store as logs
from retoma.storage.database import Database
from support import factories

PROGRAM = Path(__file__).with_name("writing_program.py")
SOURCES = [str(Path(str(retoma.__file__)).parents[1]), str(Path(__file__).parents[1])]


def test_every_acknowledged_write_is_there_after_the_writer_was_killed(url: str) -> None:
    with closing(Database(url)) as database:
        card = factories.create_card(database)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(SOURCES)}
    program = subprocess.Popen(
        [sys.executable, str(PROGRAM), url, card.id], stdout=subprocess.PIPE, text=True, env=environment
    )
    with program:
        assert program.stdout is not None
        public_id = program.stdout.readline().strip()
        told = [program.stdout.readline() for _ in range(25)]
        program.kill()
        told += [line for line in program.stdout.read().splitlines(keepends=True) if line.endswith("\n")]
    acknowledged = int(told[-1])
    with closing(Database(url)) as database, database.read() as connection:
        execution = service.get_execution(connection, public_id)
        entries = logs.read_after(connection, execution.id, 0)
        assert execution.head_sequence >= acknowledged
        assert entries == factories.make_entries(1, execution.head_sequence)[: logs.PAGE_LIMIT]
        assert execution.journal_offset == execution.head_sequence * 10
