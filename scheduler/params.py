"""How to solve, as opposed to what."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Params:
    """``is_repeatable``: one worker, nothing that depends on the clock, and no time in the answer;
    then the same problem and seed give the same answer."""

    time_limit: float | None = None  # seconds of wall time; None: until proven
    workers: int = 2
    seed: int = 0
    reasons: str | None = None  # "full", "summary", "none"; None: chosen by size
    is_repeatable: bool = False

    def settled(self) -> Params:
        """What is meant in the end: repeatable is one worker without a time limit."""
        return replace(self, workers=1, time_limit=None) if self.is_repeatable else self

    def within(self, share: float) -> Params:
        """The same with a share of the time."""
        limit = None if self.time_limit is None else share * self.time_limit
        return replace(self, time_limit=limit)
