"""Work in the background; the only module that knows the task queue.

Huey forgets a job whose worker is killed. What must not be lost stands in rows: functions marked
``repeated`` look for what was left lying, every few seconds while any worker lives.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

from flask import Flask, current_app
from huey import Huey, PostgresHuey, SqliteHuey
from huey.consumer import Consumer, Scheduler
from sqlalchemy import make_url
from sqlalchemy.exc import SQLAlchemyError

SWEEP_SECONDS = 10

logger = logging.getLogger(__name__)
Job = TypeVar("Job", bound=Callable[..., None])

_jobs: dict[str, Callable[..., None]] = {}
_repeated: list[Callable[[], None]] = []
_making = threading.Lock()


def background(function: Job) -> Job:
    """Mark a function that ``enqueue`` may be given; called directly it runs at once."""
    _jobs[function.__name__] = function
    return function


def repeated(function: Job) -> Job:
    """Mark a function of no argument that each worker calls every ``SWEEP_SECONDS``."""
    _repeated.append(function)
    return function


def enqueue(function: Callable[..., None], *arguments: int | str) -> None:
    """Have a worker call a background function, in an application context of its own."""
    _queue(cast("Any", current_app)._get_current_object())[1](function.__name__, arguments)


def start_embedded_worker(app: Flask) -> Callable[[], None]:
    """Work inside this process, beside what it does; return what stops the worker."""
    worker = _EmbeddedWorker(app)
    worker.start()
    return lambda: worker.stop(graceful=True)


def run_worker(app: Flask) -> None:
    """Work until the process is told to stop."""
    _Worker(app).run()


def _queue(app: Flask) -> tuple[Huey, Callable[..., None]]:
    """The queue of an application, and the one task in it: calling a background function."""
    with _making:
        if "jobs" not in app.extensions:
            huey = _make_huey(app.config["QUEUE_URL"])

            def run(name: str, arguments: tuple[int | str, ...]) -> None:
                with app.app_context():
                    _jobs[name](*arguments)

            app.extensions["jobs"] = huey, huey.task()(run)
    return cast("tuple[Huey, Callable[..., None]]", app.extensions["jobs"])


def _make_huey(address: str) -> Huey:
    url = make_url(address)
    if url.get_backend_name() == "sqlite":
        assert url.database is not None
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        return SqliteHuey("croisee", filename=url.database, results=False)
    dsn = url.set(drivername="postgresql").render_as_string(hide_password=False)
    return PostgresHuey("croisee", dsn=dsn, results=False)


class _Sweeper(Scheduler):
    periodic_task_seconds = SWEEP_SECONDS
    app: Flask

    def enqueue_periodic_tasks(self, _now: object) -> None:
        for function in _repeated:
            try:
                with self.app.app_context():
                    function()
            except SQLAlchemyError:
                # The database may be back at the next turn; without this thread nothing is.
                logger.exception("%s failed", function.__name__)


class _Worker(Consumer):
    """One job at a time; threads, so that the queue's file or connection is shared."""

    scheduler_class = _Sweeper

    def __init__(self, app: Flask) -> None:
        self.app = app
        super().__init__(_queue(app)[0], workers=1, max_delay=0.5)

    def _create_scheduler(self) -> Any:
        sweeper = super()._create_scheduler()
        sweeper.app = self.app
        return sweeper


class _EmbeddedWorker(_Worker):
    def _set_signal_handlers(self) -> None:
        """Signals belong to the server around us."""
