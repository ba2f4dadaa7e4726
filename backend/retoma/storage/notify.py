"""PostgreSQL's LISTEN and NOTIFY: a word from one process to the others of the same database.

A word may be lost (a connection breaks, a process dies between its commit and the word), so nothing may depend on one:
who listens also looks by itself, now and then.
"""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from secrets import token_hex

import psycopg
from psycopg import sql
from sqlalchemy import make_url

from retoma.storage.database import APPLICATION

_logger = logging.getLogger(__name__)

# What is said in so short a time goes in one transaction, each word once: a loud run does not become a flood.
_PAUSE_SECONDS = 0.005
_AGAIN_SECONDS = 1.0
_LISTEN_SECONDS = 0.5
_SEND = "SELECT pg_notify(channel, word) FROM unnest(%s::text[], %s::text[]) AS said(channel, word)"
# A connection whose other end vanished without a word is given up after some 20 s.
_KEEPALIVE = {"keepalives_idle": "10", "keepalives_interval": "3", "keepalives_count": "3", "connect_timeout": "10"}


class Notifications:
    """Says words on channels, and hears what other processes say. Each has a thread and a connection of its own."""

    def __init__(
        self,
        url: str,
        hears: Mapping[str, Callable[[str, str], None]],
        *,
        on_listening: Callable[[], None] | None = None,
    ) -> None:
        """`hears` tells for each channel who is called with a word and its detail, in the thread that listens.

        `on_listening` is called there too, each time when listening has begun: words may have been lost before.
        """
        self._address = (
            make_url(url)
            .set(drivername="postgresql")
            .update_query_dict({**_KEEPALIVE, "application_name": APPLICATION})
            .render_as_string(hide_password=False)
        )
        self._hears, self._on_listening = hears, on_listening
        self._origin = token_hex(4)
        self._words: dict[tuple[str, str], str] = {}
        self._lock = threading.Lock()
        self._said = threading.Event()
        self._closing = threading.Event()
        targets = [("retoma-say", self._say_all), *([("retoma-listen", self._listen)] if hears else [])]
        self._threads = [
            threading.Thread(target=self._persist, args=[target], name=name, daemon=True) for name, target in targets
        ]
        for thread in self._threads:
            thread.start()

    def say(self, channel: str, word: str, detail: str = "") -> None:
        """Say `word` soon, to all processes but this one; waits for nobody. From any thread.

        Of what is said several times before it is sent, the newest detail goes with it. Neither has line breaks.
        """
        with self._lock:
            self._words[channel, word] = detail
        self._said.set()

    def close(self) -> None:
        """Say what is still to be said, then end."""
        self._closing.set()
        self._said.set()
        for thread in self._threads:
            thread.join(_AGAIN_SECONDS)

    def _persist(self, target: Callable[["psycopg.Connection[tuple[object, ...]]"], None]) -> None:
        """Run `target` on a connection, and on a new one after that has failed."""
        while not self._closing.is_set():
            try:
                with psycopg.connect(self._address, autocommit=True) as connection:
                    target(connection)
            except psycopg.Error as error:
                _logger.info("No wake-ups between processes for a moment: %s", error)
                self._closing.wait(_AGAIN_SECONDS)

    def _say_all(self, connection: "psycopg.Connection[tuple[object, ...]]") -> None:
        while True:
            closing = self._closing.is_set()
            self._said.clear()
            with self._lock:
                words, self._words = self._words, {}
            if words:
                channels = [channel for channel, _ in words]
                said = [f"{self._origin} {word}" + (detail and f"\n{detail}") for (_, word), detail in words.items()]
                connection.execute(_SEND, (channels, said))
            if closing:
                return
            time.sleep(_PAUSE_SECONDS)
            self._said.wait()

    def _listen(self, connection: "psycopg.Connection[tuple[object, ...]]") -> None:
        for channel in self._hears:
            connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
        if self._on_listening is not None:
            self._on_listening()
        while not self._closing.is_set():
            for heard in connection.notifies(timeout=_LISTEN_SECONDS):
                origin, _, said = heard.payload.partition(" ")
                if origin != self._origin:
                    word, _, detail = said.partition("\n")
                    self._hears[heard.channel](word, detail)
