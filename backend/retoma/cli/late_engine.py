"""The engine, started beside the server: loading it takes longer than all the rest of the start."""

import logging
import threading
from collections.abc import Sequence

from retoma.engine.patient import PatientEngine
from retoma.engine.port import Engine
from retoma.settings import Settings
from retoma.worker.worker import Worker

_CLOSE_SECONDS = 0.5

_logger = logging.getLogger(__name__)


class LateEngine:
    """See engine.port.Engine. What it is told before the engine is there needs no keeping: the rows tell it again."""

    def __init__(self, settings: Settings, worker: Worker) -> None:
        self._settings, self._worker = settings, worker
        self._engine: Engine | None = None
        self._failed = self._closing = False
        self._thread = threading.Thread(target=self._start, name="retoma-engine-start", daemon=True)

    def start(self) -> None:
        """Begin to start it; returns at once."""
        self._thread.start()

    def wait(self) -> None:
        """Wait until it has started, or could not."""
        self._thread.join()

    def enqueue(self, public_id: str) -> None:
        """See engine.port.Engine."""
        if self._engine is not None:
            self._engine.enqueue(public_id)

    def ended(self, public_id: str) -> None:
        """See engine.port.Engine."""
        if self._engine is not None:
            self._engine.ended(public_id)

    def pending(self) -> Sequence[str]:
        """See engine.port.Engine."""
        return [] if self._engine is None else self._engine.pending()

    def close(self) -> None:
        """See engine.port.Engine."""
        self._closing = True
        # One that is still being loaded is not waited for: it has begun nothing.
        self._thread.join(_CLOSE_SECONDS)
        if self._engine is not None:
            self._engine.close()

    def ailments(self) -> Sequence[str]:
        """Return what keeps executions from being carried out."""
        ailments = []
        if self._failed:
            ailments.append("The engine did not start: no execution is begun.")
        if not self._worker.alive:
            ailments.append("The worker has ended: no execution is followed.")
        return ailments

    def _start(self) -> None:
        from retoma.engine.dbos_engine import DbosEngine  # this is what takes so long

        settings = self._settings
        try:
            engine = DbosEngine(
                _engine_url(settings),
                steps=self._worker,
                executor=self._worker.name,
                concurrency=settings.concurrency,
                sweep_seconds=settings.sweep_every,
            )
            if self._closing:
                return
            engine.start()
            patient = PatientEngine(engine)
            # First this, then the look at the rows: what comes between the two is told twice, not never.
            self._engine = patient
            self._worker.reconcile()
        except Exception:
            self._failed = True
            if not self._closing:
                _logger.exception("The engine did not start")


def _engine_url(settings: Settings) -> str:
    if settings.uses_sqlite:
        return f"sqlite:///{settings.data / 'engine.db'}"
    return settings.url.replace("postgresql+psycopg://", "postgresql://", 1)
