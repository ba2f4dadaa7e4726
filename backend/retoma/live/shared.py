"""The newest entries of logs in Redis, put there by who commits them, for the readers of all servers.

Redis may lose, keep or make up whatever it likes: what is read there is used only if it is whole, joins on to the
reader's cursor, and carries the mark of the writer whose token the server heard over PostgreSQL. Everything else is
read from the database. Nobody waits long for Redis, and a commit never does.
"""

import logging
import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from hashlib import blake2b
from typing import NamedTuple, TypeVar

from redis import ConnectionPool, Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError, ResponseError
from redis.maint_notifications import MaintNotificationsConfig
from redis.retry import Retry

from retoma.core.clock import boot_seconds
from retoma.core.entries import LogEntry
from retoma.live.frames import encode_stored
from retoma.live.recent import Encoded

_logger = logging.getLogger(__name__)

T = TypeVar("T")

# Of one log: as much as a server keeps in memory itself (live/recent.py).
_ENTRIES = 2000
_BYTES = 1024 * 1024
_PIECE_BYTES = 64 * 1024
_KEPT_SECONDS = 600
_SECONDS = 0.25  # for one answer of Redis
_AGAIN_SECONDS = 3.0
# What waits to be put there. More than this is left out: the readers find a hole, and read the database.
_WAITING_CHARACTERS = 8 * 1024 * 1024
_WAITING_ENTRIES = 20_000
_LOGS = 500
_MARK_BYTES = 16
_OLDEST = (6, 2)  # XADD has MINID since
_FIELD = b"e"


class _Pushed(NamedTuple):
    public_id: str
    token: str
    entries: Sequence[LogEntry]

    @property
    def key(self) -> str:
        return _key(self.public_id, self.token)


class _Kept:
    """What should be in Redis of one log: the last sequence and the size of each piece."""

    def __init__(self) -> None:
        self._pieces: deque[tuple[int, int]] = deque()
        self._size = 0

    def add(self, last: int, size: int) -> int:
        """Take a piece in; return the last sequence of the oldest one that is to stay."""
        self._pieces.append((last, size))
        self._size += size
        while len(self._pieces) > 1 and (len(self._pieces) > _ENTRIES or self._size > _BYTES):
            self._size -= self._pieces.popleft()[1]
        return self._pieces[0][0]


class Shared:
    """The connection of one process to Redis. Safe from any thread. Close it when done."""

    def __init__(self, url: str, *, again_seconds: float = _AGAIN_SECONDS) -> None:
        """After it did not answer, Redis is left alone for `again_seconds`."""
        self._client = connect(url)
        self._again_seconds = again_seconds
        self._away_until = 0.0
        self._is_away = False
        self._lock = threading.Lock()
        self._waiting: deque[_Pushed] = deque()
        self._entries = self._characters = 0
        self._something = threading.Event()
        self._closing = False
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._thread = threading.Thread(target=self._run, name="retoma-redis", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End; what is still to be put there is left out."""
        self._closing = True
        self._something.set()
        self._thread.join()
        self._client.close()

    def push(self, public_id: str, token: str, entries: Sequence[LogEntry]) -> None:
        """Put stored entries there soon, if that is possible. Waits for nobody."""
        characters = sum(len(entry.content) for entry in entries)
        with self._lock:
            if (
                self._is_away
                or self._characters + characters > _WAITING_CHARACTERS
                or self._entries + len(entries) > _WAITING_ENTRIES
            ):
                return
            self._waiting.append(_Pushed(public_id, token, entries))
            self._entries += len(entries)
            self._characters += characters
        self._something.set()

    def fetch(self, public_id: str, token: str, cursor: int) -> Sequence[Encoded]:
        """Return entries from `cursor` + 1 on, in order and without a gap, as far as they are there; none = none."""
        found = self._ask(lambda client: client.xrange(_key(public_id, token), f"{cursor + 1}-0", "+", _ENTRIES))
        entries: list[Encoded] = []
        for last, body in _pieces(found):
            piece = _open(token, last, body)
            if piece is None or (entries and piece[0][0] != entries[-1][0] + 1):
                break
            entries += piece
        wanted = [entry for entry in entries if entry[0] > cursor]
        return wanted if wanted and wanted[0][0] == cursor + 1 else []

    # ---- putting it there -------------------------------------------------------------------------------------

    def _run(self) -> None:
        while not self._closing:
            self._ask(partial(self._put, self._take()))
            self._something.wait(self._again_seconds)
            self._something.clear()

    def _take(self) -> Sequence[_Pushed]:
        with self._lock:
            pushed, self._waiting = self._waiting, deque()
            self._entries = self._characters = 0
        return pushed

    def _put(self, pushed: Sequence[_Pushed], client: Redis) -> None:
        if not pushed:
            client.ping()  # so that it is told when it goes and comes, though nothing is to be done
            return
        pipeline = client.pipeline(transaction=False)
        for log in pushed:
            kept = self._kept.setdefault(log.key, _Kept())
            self._kept.move_to_end(log.key)
            for last, body in _seal(log.token, log.entries):
                oldest = kept.add(last, len(body))
                pipeline.xadd(log.key, {_FIELD: body}, f"{last}-0", minid=f"{oldest}-0", approximate=False)
        for key in {log.key for log in pushed}:
            pipeline.expire(key, _KEPT_SECONDS)
        while len(self._kept) > _LOGS:
            self._kept.popitem(last=False)
        # A piece that is refused (no memory, something else under the key) is one that readers do not find.
        pipeline.execute(raise_on_error=False)

    # ---- asking Redis -----------------------------------------------------------------------------------------

    def _ask(self, call: Callable[[Redis], T]) -> T | None:
        if boot_seconds() < self._away_until:
            return None
        try:
            answer = call(self._client)
        except ResponseError:
            answer = None  # it is there, but has something else under our key
        except (RedisError, OSError, ValueError, TypeError) as error:
            self._client.connection_pool.disconnect()
            self._note_away(error)
            return None
        self._note_back()
        return answer

    def _note_away(self, error: Exception) -> None:
        with self._lock:
            is_news, self._is_away = not self._is_away, True
            self._away_until = boot_seconds() + self._again_seconds * 0.9
        if is_news:
            # The error's own words may hold the address, and that a password.
            reason = type(error).__name__
            _logger.warning("Redis does not answer (%s): entries come from the database until it does", reason)
            self._something.set()

    def _note_back(self) -> None:
        with self._lock:
            was_away, self._is_away = self._is_away, False
        if was_away:
            _logger.warning("Redis answers again")


def connect(url: str) -> Redis:
    """Return a client that gives up after a quarter of a second; ValueError, TypeError where `url` is no address."""
    pool = ConnectionPool.from_url(url, protocol=2)
    pool.connection_kwargs.update(
        socket_timeout=_SECONDS,
        socket_connect_timeout=_SECONDS,
        retry=Retry(NoBackoff(), 0),
        decode_responses=False,
        maint_notifications_config=MaintNotificationsConfig(enabled=False),  # one question less at each connect
    )
    return Redis(connection_pool=pool)


def look_at(url: str) -> tuple[str, bool]:
    """Return what is to be said about the Redis at `url`, and whether it is of use."""
    client = connect(url)
    try:
        version = str(client.info("server")["redis_version"])
    except (RedisError, OSError, KeyError) as error:
        # The error's own words may hold the address, and that a password.
        return f"does not answer ({type(error).__name__}): readers ask the database instead", False
    finally:
        client.close()
    if tuple(int(part) for part in version.split(".")[:2]) < _OLDEST:
        return f"{version} is too old: {_OLDEST[0]}.{_OLDEST[1]} is needed; readers ask the database instead", False
    return version, True


def _key(public_id: str, token: str) -> str:
    return f"retoma:entries:{public_id}:{token[:16]}"


def _mark(token: str, last: int, body: bytes) -> bytes:
    return blake2b(b"%d %b" % (last, body), digest_size=_MARK_BYTES, key=token.encode()).digest()


def _seal(token: str, entries: Sequence[LogEntry]) -> Iterator[tuple[int, bytes]]:
    """Yield the last sequence and the bytes of each piece of `entries`."""
    lines: list[bytes] = []
    size = 0
    for entry in entries:
        lines.append(encode_stored(entry, keeps_nul=False))
        size += len(lines[-1])
        if size >= _PIECE_BYTES or entry is entries[-1]:
            body = b"\n".join(lines)
            yield entry.sequence, _mark(token, entry.sequence, body) + body
            lines, size = [], 0


def _open(token: str, last: int, sealed: bytes) -> Sequence[Encoded] | None:
    """Return the entries of a piece, or None where it is not what its writer has put there."""
    mark, body = sealed[:_MARK_BYTES], sealed[_MARK_BYTES:]
    if mark != _mark(token, last, body):
        return None
    lines = body.split(b"\n")
    return [(last - len(lines) + 1 + index, line) for index, line in enumerate(lines)]


def _pieces(found: object) -> Iterator[tuple[int, bytes]]:
    """Yield the last sequence and the bytes of each piece in Redis's answer, as long as it looks like one."""
    for item in found if isinstance(found, list) else []:
        name, fields = item
        body = fields.get(_FIELD) if isinstance(fields, dict) else None
        last = bytes(name).removesuffix(b"-0")
        if not isinstance(body, bytes) or not last.isdigit():
            return
        yield int(last), body
