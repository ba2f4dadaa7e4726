"""The recorder: owns one agent and its journal, and outlives everything that may die above it.

`docs/run-directory.md` is the contract: call, files, exit codes. It imports the standard library only, and nothing
after its start: an upgrade may replace every file under it. Each import costs memory for as long as an agent works,
hence no subprocess, json, datetime or contextlib.

Three processes take part in a start. The *starter* is what was called: it takes the lock, forks, waits for a word on a
pipe and returns. The *recorder* is its grandchild. The *agent* is forked by the recorder and held back until `run.json`
names it: no agent ever works that nobody could find.
"""
# ruff: noqa: SIM105 - contextlib costs memory, see above

import ctypes
import errno
import fcntl
import os
import signal
import sys
import time

PR_SET_CHILD_SUBREAPER = 36  # <linux/prctl.h>
FIFO_BYTES = 1 << 20  # the largest that an unprivileged process may ask for
SAMPLE_SECONDS = 0.5
STOP_STEPS = ((0.0, signal.SIGINT), (2.0, signal.SIGTERM), (5.0, signal.SIGKILL))  # seconds since the wish to stop
LEFT_BEHIND_GRACE = 1.0  # seconds between SIGTERM and SIGKILL for what an agent leaves behind
EXIT_FILE_PAUSE = 1.0  # seconds until it is tried again: a full disk may be cleared meanwhile
EXIT_FILE_GRACE = 60.0  # seconds after which that is given up where somebody wished for the end


class Journal:
    """The agent's outputs and inputs, and the marks that tell when the outputs grew."""

    def __init__(self) -> None:
        append = os.O_WRONLY | os.O_APPEND | os.O_CREAT
        self.out = os.open("out.jsonl", append, 0o600)
        self.err = os.open("err.log", append, 0o600)
        self.marks = os.open("marks", append, 0o600)
        if not os.path.exists("in.fifo"):  # else an earlier recorder died before its agent started
            os.mkfifo("in.fifo", 0o600)
        # Read and write: neither the agent nor the recorder ever sees an end of file when the last writer leaves.
        self.fifo = os.open("in.fifo", os.O_RDWR)
        try:
            fcntl.fcntl(self.fifo, fcntl.F_SETPIPE_SZ, FIFO_BYTES)
        except OSError:
            pass  # above the user's limit: it stays as it is
        self.seen = (0, 0)
        self.looked = b""  # the mark of the last look, where that was not worth one by itself

    def mark(self) -> None:
        """If an output has grown since the last look, note the time of this look, and of that one.

        The time is taken first: what is not in the lengths was written after it.
        """
        now = int(time.time() * 1000)
        lengths = (os.fstat(self.out).st_size, os.fstat(self.err).st_size)
        mark = b"%d.%03d %d %d\n" % (*divmod(now, 1000), *lengths)
        if lengths == self.seen:
            self.looked = mark
            return
        try:
            line = self.looked + mark
            written = os.write(self.marks, line)
            if written < len(line):
                os.ftruncate(self.marks, os.fstat(self.marks).st_size - written)
                return
        except OSError:
            return  # the disk is full: the next look tries again
        self.seen, self.looked = lengths, b""

    def sync(self) -> None:
        """Bring the outputs to the disk, if it takes them; how the run ended is told in any case."""
        for file in (self.out, self.err):
            try:
                os.fdatasync(file)
            except OSError:
                pass


def write_whole(name: str, text: str) -> None:
    """Write a file of the run directory so that a reader sees all of it or none, also after a power cut."""
    content = text.encode("utf-8", "replace")
    file = os.open(name + ".tmp", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        if os.write(file, content) < len(content):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        os.fsync(file)
    finally:
        os.close(file)
    crash_point(f"recorder-{name}-written")
    os.rename(name + ".tmp", name)
    crash_point(f"recorder-{name}-renamed")
    folder = os.open(".", os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)


def crash_point(name: str) -> None:
    """End as by kill -9, if a test had this process started for that (`core/crash.py` has the names)."""
    if os.environ.get("RETOMA_CRASH_AT") == name:
        os.kill(os.getpid(), signal.SIGKILL)


def read(path: str) -> bytes:
    """Return what a file under /proc or the run directory holds, b"" where there is none."""
    try:
        with open(path, "rb", buffering=0) as file:
            return file.read()
    except OSError:
        return b""


def quoted(text: str) -> str:
    """Return `text` as a JSON string."""
    return '"' + "".join(c if c >= " " and c not in '"\\' else f"\\u{ord(c):04x}" for c in text) + '"'


def wire_time(moment: float) -> str:
    """Return RFC 3339 UTC with milliseconds as a JSON string."""
    seconds, milliseconds = divmod(int(moment * 1000), 1000)
    return time.strftime(f'"%Y-%m-%dT%H:%M:%S.{milliseconds:03d}Z"', time.gmtime(seconds))


def stat_fields(pid: int) -> list[bytes]:
    """Return the fields of /proc/<pid>/stat from the third on, [] where there is no such process."""
    return read(f"/proc/{pid}/stat").rpartition(b")")[2].split()  # the second, a name, may hold spaces and brackets


def who(pid: int) -> str:
    """Return how a process is known for ever: its number and its start time (field 22)."""
    return f'{{"pid": {pid}, "startTime": {int(stat_fields(pid)[19])}}}'


def write_run_file(agent: int | None, started: float) -> None:
    """Tell who the processes of the run are."""
    boot = quoted(read("/proc/sys/kernel/random/boot_id").decode().strip())
    processes = f'"recorder": {who(os.getpid())}, "agent": {who(agent) if agent else "null"}'
    write_whole("run.json", f'{{{processes}, "bootId": {boot}, "startedAt": {wire_time(started)}}}\n')


def write_exit_file(
    status: int, start_error: str, ended: float, duration: float, orphans: int, patience: float
) -> None:
    """Tell how the run ended: the last word of a recorder. Gives up after `patience` seconds, or on SIGTERM."""
    give_up_at = time.monotonic() + patience
    code = None if start_error else os.waitstatus_to_exitcode(status)  # negative: the signal
    how = f'"exitCode": {"null" if code is None or code < 0 else code}'
    how += f', "signal": {"null" if code is None or code >= 0 else -code}'
    how += f', "startError": {quoted(start_error) if start_error else "null"}'
    text = f'{{{how}, "completedAt": {wire_time(ended)}, "duration": {duration:.3f}, "orphans": {orphans}}}\n'
    while True:
        try:
            return write_whole("exit.json", text)
        except FileNotFoundError:
            return None  # the run directory was deleted: nobody will ask
        except OSError:
            # However long the disk stays full, if nobody waits for the end: only this file will know how it was.
            if signal.sigtimedwait({signal.SIGTERM}, EXIT_FILE_PAUSE) or time.monotonic() >= give_up_at:
                return None


def start_agent(argv: list[str], cwd: str, journal: Journal, started: float) -> tuple[int, str]:
    """Start the agent in a session of its own. Return its pid, and why it could not be started or ""."""
    go_read, go_write = os.pipe()
    error_read, error_write = os.pipe()
    agent = os.fork()
    if agent == 0:
        os.close(go_write)
        os.close(error_read)
        become_agent(argv, cwd, journal, go_read, error_write)
    os.close(go_read)
    os.close(error_write)
    crash_point("recorder-forked")
    write_run_file(agent, started)
    crash_point("recorder-named")
    os.write(go_write, b"1")
    crash_point("recorder-agent-let-go")
    os.close(go_write)
    error = os.read(error_read, 4096)  # nothing, at the moment when the agent's program takes the child's place
    os.close(error_read)
    return agent, error.decode("utf-8", "replace")


def become_agent(argv: list[str], cwd: str, journal: Journal, go: int, report: int) -> None:
    """In the child: wait for the word, then turn into the agent, or tell why not. Does not return."""
    problem = f"cannot enter the folder '{cwd}'"
    try:
        os.setsid()
        if not os.read(go, 1):
            os._exit(127)  # the recorder died before run.json named this process: nothing has happened
        os.dup2(journal.fifo, 0)
        os.dup2(journal.out, 1)
        os.dup2(journal.err, 2)
        os.chdir(cwd)
        problem = f"cannot start '{argv[0]}'"
        for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
            signal.signal(number, signal.SIG_DFL)  # Python, or whoever called, may have had it ignored
        signal.pthread_sigmask(signal.SIG_SETMASK, ())
        # Not os.environ: where no locale is set, Python adds one to it. What is said to the recorder only stays here.
        given = [pair for pair in read("/proc/self/environ").split(b"\0") if not pair.startswith(b"RETOMA_CRASH_AT=")]
        pairs = [pair.partition(b"=") for pair in given if b"=" in pair]
        os.execvpe(argv[0], argv, {name: value for name, _, value in pairs})  # noqa: S606
    except OSError as error:
        os.write(report, f"{problem}: {os.strerror(error.errno or 0)}".encode("utf-8", "replace"))
    finally:
        os._exit(127)


def watch(agent: int, journal: Journal) -> tuple[int, bool]:
    """Wait for the agent's end, sampling the journal; on SIGTERM, bring that end about.

    Returns its wait status, and whether somebody wished for the end.
    """
    stop_began: float | None = None
    steps, next_sample = list(STOP_STEPS), 0.0
    while True:
        now = time.monotonic()
        if now >= next_sample:
            journal.mark()
            next_sample = now + SAMPLE_SECONDS
        wake = next_sample
        if stop_began is not None and steps:
            if now >= stop_began + steps[0][0]:
                number = steps.pop(0)[1]
                send(number, [-agent] if number == signal.SIGINT else descendants())  # minus: its process group
                continue
            wake = min(wake, stop_began + steps[0][0])
        came = signal.sigtimedwait({signal.SIGCHLD, signal.SIGTERM}, max(0.0, wake - now))
        if came and came.si_signo == signal.SIGTERM and stop_began is None:
            stop_began = time.monotonic()
            crash_point("recorder-stopping")
        while (ended := os.waitpid(-1, os.WNOHANG))[0]:
            if ended[0] == agent:
                return ended[1], stop_began is not None


def end_what_is_left() -> int:
    """End everything below the recorder; return how many processes that took. Returns when none is left."""
    met: set[int] = set()
    kill_at = time.monotonic() + LEFT_BEHIND_GRACE
    pause = 0.01
    while True:
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return len(met)  # as a sub-reaper it has a child for as long as anything below it lives
        found = descendants()
        killing = time.monotonic() >= kill_at
        send(signal.SIGKILL if killing else signal.SIGTERM, [pid for pid in found if killing or pid not in met])
        met.update(found)
        signal.sigtimedwait({signal.SIGCHLD}, pause)
        pause = min(2 * pause, 0.2)


def descendants() -> list[int]:
    """Return the living processes below this one, whatever session they made for themselves."""
    children: dict[int, list[int]] = {}
    for name in os.listdir("/proc"):
        fields = stat_fields(int(name)) if name.isdigit() else []
        # A zombie is gone; one with threads is not: only its first thread has ended.
        if fields and (fields[0] != b"Z" or int(fields[17]) > 1):
            children.setdefault(int(fields[1]), []).append(int(name))
    found = children.get(os.getpid(), [])
    for pid in found:
        found += children.get(pid, [])
    return found


def send(number: signal.Signals, pids: list[int]) -> None:
    """Send the signal `number` to each process."""
    for pid in pids:
        try:
            os.kill(pid, number)
        except OSError:
            pass  # gone meanwhile, or another user's: then its own end is waited for


def record(argv: list[str], cwd: str, began: int, null: int) -> None:
    """Be the recorder, from its first moment to its last; says on the pipe `began` how the start went."""
    for fd in (0, 1, 2):
        os.dup2(null, fd)
    signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())  # only SIGKILL ends it; watch() asks for two
    crash_point("recorder-detached")
    try:
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
            raise OSError(ctypes.get_errno(), "cannot become a sub-reaper")  # noqa: TRY301
        journal = Journal()
        crash_point("recorder-journal-made")
        started, clock = time.time(), time.clock_gettime(time.CLOCK_BOOTTIME)
        write_run_file(None, started)
        agent, start_error = start_agent(argv, cwd, journal, started)
    except Exception as error:  # noqa: BLE001 - the starter tells it; whatever was forked must not stay
        end_what_is_left()
        os.write(began, f"{type(error).__name__}: {error}".encode("utf-8", "replace"))
        return
    if not start_error:
        os.write(began, b"begun")
    status, wished = watch(agent, journal)
    ended, duration = time.time(), time.clock_gettime(time.CLOCK_BOOTTIME) - clock
    crash_point("recorder-agent-ended")
    orphans = end_what_is_left()
    crash_point("recorder-tree-ended")
    journal.mark()
    journal.sync()
    crash_point("recorder-journal-synced")
    write_exit_file(status, start_error, ended, duration, orphans, EXIT_FILE_GRACE if wished else float("inf"))
    if start_error:
        os.write(began, b"begun")


def main(args: list[str]) -> int:
    """Start a recorder and return the exit code for whoever called."""
    os.closerange(3, 1 << 16)  # nothing of the caller's may live as long as a run
    while (null := os.open(os.devnull, os.O_RDWR)) <= 2:  # noqa: PLR2004
        pass  # a missing 0, 1 or 2 is made up for
    if args[2:3] != ["--"] or not args[3:] or not os.path.isdir(args[0]):
        return fail(2, "usage: recorder RUNDIR CWD -- ARGV… (RUNDIR must be a folder)")
    cwd = os.path.abspath(args[1])
    os.chdir(args[0])
    lock = os.open("lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return fail(3, "another recorder holds this run directory")
    if read("exit.json") or b'"agent": {' in read("run.json"):
        return fail(3, "this run directory has had its run")
    crash_point("recorder-locked")
    heard, began = os.pipe()  # the recorder keeps both ends: a starter that dies cannot break the pipe
    middle = os.fork()
    if middle == 0:
        try:
            os.setsid()
            if os.fork() == 0:
                record(args[3:], cwd, began, null)
        finally:
            os._exit(0)
    os.close(began)
    os.waitpid(middle, 0)
    answer = os.read(heard, 4096)
    return 0 if answer == b"begun" else fail(1, answer.decode() or "the recorder ended before the run had begun")


def fail(code: int, sentence: str) -> int:
    """Say on stderr what is wrong; return `code`."""
    sys.stderr.write(f"recorder: {sentence}\n")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
