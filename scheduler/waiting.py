"""Wait for an engine that knows nothing of us: signals, stops and progress are still heard."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from typing import TypeVar

POLL_SECONDS = 0.2

Stop = Callable[[], bool]
Found = TypeVar("Found")


def patiently(
    work: Callable[[], Found],
    halt: Callable[[], object],
    should_stop: Stop | None = None,
    meanwhile: Callable[[], object] | None = None,
) -> Found:
    """What ``work`` returns, done in another thread.

    ``should_stop`` is asked a few times a second, ``meanwhile`` is called as often. Once the first
    is true, or anything here fails, ``halt`` must make the work end early.
    """
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(work)
        try:
            while True:
                wait([running], timeout=POLL_SECONDS)
                if meanwhile is not None:
                    meanwhile()
                if running.done():
                    return running.result()
                if should_stop is not None and should_stop():
                    halt()
        finally:
            halt()


def unless_stopped(work: Callable[[], Found], should_stop: Stop) -> Found | None:
    """What ``work`` returns, done in another thread; None once ``should_stop`` is true.

    For an engine that cannot be halted: it then goes on, unheard, until its own limit. The process
    does not end before.
    """
    if should_stop():
        return None
    pool = ThreadPoolExecutor(1)
    running = pool.submit(work)
    pool.shutdown(wait=False)
    while not should_stop():
        wait([running], timeout=POLL_SECONDS)
        if running.done():
            return running.result()
    return None
