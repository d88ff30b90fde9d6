"""A second thread beside the first one: a fault in either is told to both."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event
from types import TracebackType
from typing import ParamSpec, TypeVar

Given = ParamSpec("Given")
Found = TypeVar("Found")


class SecondWorker:
    """One piece of work after the other, in a thread of its own, within a ``with`` block."""

    def __init__(self, has_failed: Event) -> None:
        """``has_failed`` is set where its work or the block raises: the other should end then, for
        the block waits for all work."""
        self._pool, self._has_failed = ThreadPoolExecutor(1), has_failed

    def __enter__(self) -> SecondWorker:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is not None:
            self._has_failed.set()
        self._pool.shutdown()

    def submit(
        self, work: Callable[Given, Found], *args: Given.args, **named: Given.kwargs
    ) -> Future[Found]:
        """The work's result or fault, once it is done."""

        def done() -> Found:
            try:
                return work(*args, **named)
            except BaseException:
                self._has_failed.set()
                raise

        return self._pool.submit(done)
