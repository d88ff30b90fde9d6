"""Signals: a long command asked to end still gives the best it has."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable

Asked = Callable[[], bool]


def asked_to_stop() -> Asked:
    """Whether the process was asked to end; the first time, the best plan so far is still given.

    The signals are blocked and waited for, before a library starts threads that would take them:
    OR-Tools puts handlers of its own in place of ours.
    """
    signals = {signal.SIGINT, signal.SIGTERM}
    asked = threading.Event()

    def wait() -> None:
        signal.sigwait(signals)
        asked.set()
        os._exit(128 + signal.sigwait(signals))

    signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    threading.Thread(target=wait, daemon=True).start()
    return asked.is_set


def never() -> bool:
    return False
