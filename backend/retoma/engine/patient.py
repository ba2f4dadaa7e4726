"""An engine that is told again what it could not take in: its own database may be full or away for a while."""

import logging
import threading
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial

from retoma.engine.port import Engine

_logger = logging.getLogger(__name__)

_RETRY_SECONDS = 2.0


class PatientEngine:
    """See port.Engine. `enqueue` and `ended` never fail: what the engine refuses is kept, in order, and tried again."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._waiting: deque[Callable[[], None]] = deque()
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None

    def enqueue(self, public_id: str) -> None:
        """See port.Engine."""
        self._tell(partial(self._engine.enqueue, public_id))

    def ended(self, public_id: str) -> None:
        """See port.Engine."""
        self._tell(partial(self._engine.ended, public_id))

    def pending(self) -> Sequence[str]:
        """See port.Engine."""
        return self._engine.pending()

    def close(self) -> None:
        """See port.Engine. What it has not taken in by now the rows tell it at the next start."""
        self._closing.set()
        if self._thread is not None:
            self._thread.join()
        self._engine.close()

    def _tell(self, call: Callable[[], None]) -> None:
        try:
            call()
        except Exception as error:  # noqa: BLE001 - whatever its database says
            _logger.warning("The engine could not be told; trying again: %s", error)
            with self._lock:
                self._waiting.append(call)
                if self._thread is None:
                    self._thread = threading.Thread(target=self._tell_again, name="retoma-engine-retry", daemon=True)
                    self._thread.start()

    def _tell_again(self) -> None:
        while not self._closing.wait(_RETRY_SECONDS):
            with self._lock:
                waiting = list(self._waiting)
            for call in waiting:
                try:
                    call()
                except Exception:  # noqa: BLE001 - said once, when it failed first
                    break
                with self._lock:
                    self._waiting.popleft()
