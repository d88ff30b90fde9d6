"""How much time is left, for a whole search and for each engine that it asks."""

from __future__ import annotations

import time

from scheduler.params import Params
from scheduler.waiting import Stop


class Clock:
    """The limit of the parameters, counted from ``began``, a moment of ``time.monotonic``."""

    def __init__(self, params: Params, stop: Stop | None, began: float) -> None:
        self.stop = stop or (lambda: False)
        self._params, self._began = params, began

    @property
    def seconds(self) -> float:
        """Since the beginning."""
        return time.monotonic() - self._began

    def left(self) -> float | None:
        """Seconds; None without a limit."""
        limit = self._params.time_limit
        return None if limit is None else max(0.0, limit - self.seconds)

    def part(self, share: float) -> float | None:
        """A share of the seconds left; None without a limit."""
        left = self.left()
        return None if left is None else share * left

    @property
    def may_decide(self) -> bool:
        """Whether what is found may depend on how long it took."""
        return not self._params.is_repeatable

    def at_most(self, seconds: float, share: float = 1.0) -> float | None:
        """Seconds for one engine, within a share of those left; None where no clock may decide."""
        if not self.may_decide:
            return None
        part = self.part(share)
        return seconds if part is None else min(seconds, part)

    def is_over(self) -> bool:
        """Whether the time is up or a stop was asked for."""
        return self.stop() or self.left() == 0.0

    def is_past(self, share: float) -> bool:
        """Whether this share of the limit is used up; never without a limit."""
        limit = self._params.time_limit
        return limit is not None and self.seconds > share * limit
