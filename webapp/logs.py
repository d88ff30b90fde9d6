"""What a log line may hold: never the address of a feed, which is its key."""

from __future__ import annotations

import logging
import re

from flask import Flask

_FEED_ADDRESS = re.compile(r"(/feeds/)[^/\s\"'?]+(\.ics)")
# Those that write the address that was asked for. Gunicorn's are set up before this application.
_LOGGERS = ("werkzeug", "gunicorn.access", "gunicorn.error")


class WithoutFeedTokens(logging.Filter):
    """Writes ``/feeds/….ics`` for the address of a feed, wherever in the message it stands."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        redacted = _FEED_ADDRESS.sub(r"\1…\2", message)
        if redacted != message:
            record.msg, record.args = redacted, ()
        return True


def init_app(app: Flask) -> None:
    """Let no logger of the server write the token of a feed."""
    without_tokens = WithoutFeedTokens()
    for logger in (app.logger, *map(logging.getLogger, _LOGGERS)):
        if not any(isinstance(known, WithoutFeedTokens) for known in logger.filters):
            logger.addFilter(without_tokens)
