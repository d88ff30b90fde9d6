"""Safe methods only read: their transactions never take SQLite's write lock."""

from __future__ import annotations

from contextlib import ExitStack

from flask import Flask, g, request

from webapp.extensions import read_only


def init_app(app: Flask) -> None:
    @app.before_request
    def begin() -> None:
        g.transaction_mode = ExitStack()
        g.transaction_mode.enter_context(read_only(request.method in {"GET", "HEAD", "OPTIONS"}))

    @app.teardown_request
    def end(_error: BaseException | None) -> None:
        mode = g.pop("transaction_mode", None)
        if mode is not None:
            mode.close()
