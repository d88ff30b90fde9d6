"""How to solve, as opposed to what."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Params:
    time_limit: float | None = None  # seconds of wall time; None: until proven
    workers: int = 2
    seed: int = 0
    reasons: str | None = None  # "full", "summary", "none"; None: chosen by size
