"""Serving the demonstration: gunicorn, one process, with the background worker inside."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

from gunicorn.app.base import BaseApplication
from gunicorn.util import import_app

from webapp import jobs

# No query, so nothing that people searched for; ``webapp.logs`` takes the tokens out of paths.
ACCESS_LOG_FORMAT = "%(m)s %(U)s %(s)s %(M)s ms"


def serve(address: str, say_ready: Callable[[], None]) -> None:
    """Serve on ``address`` (host:port) until told to stop; call ``say_ready`` when listening."""
    _Server(address, say_ready).run()


def is_free(port: int) -> bool:
    """Tell whether nobody listens on ``port`` of this machine."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


class _Server(BaseApplication):
    def __init__(self, address: str, say_ready: Callable[[], None]) -> None:
        self._options = {
            "bind": address,
            "workers": 1,
            "worker_class": "gthread",
            "threads": 8,
            "control_socket_disable": True,
            "loglevel": "warning",
            "accesslog": "-",
            "access_log_format": ACCESS_LOG_FORMAT,
            "when_ready": lambda _server: say_ready(),
            "post_worker_init": self._start_worker,
            "worker_exit": self._stop_worker,
        }
        self._stop: Callable[[], None] | None = None
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        # A new application in the new process: no connection is shared with the one that forked.
        return import_app("webapp:create_app()")

    def _start_worker(self, worker: Any) -> None:
        self._stop = jobs.start_embedded_worker(worker.wsgi)

    def _stop_worker(self, _server: Any, _worker: Any) -> None:
        if self._stop is not None:
            self._stop()
