"""What a solve answers (format ``croisee-solution/1``)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from scheduler.problem import Pair, Window

Value = int | tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Assignment:
    participant: str
    group: str
    rank: int | None
    coach: str | None = None
    visit: Window | None = None


@dataclass(frozen=True, slots=True)
class TierValue:
    name: str
    value: Value
    bound: Value | None
    proven: bool


@dataclass(frozen=True, slots=True)
class Progress:
    """A better plan or a better bound was found for one tier."""

    tier: str
    value: Value | None
    bound: Value | None
    gap: float | None  # relative, 0 when proven; None while unknown
    seconds: float


@dataclass(frozen=True, slots=True)
class Conflict:
    pins: tuple[Pair, ...]
    rules: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Result:
    status: str  # "optimal", "feasible", "infeasible", "unknown"
    assignments: tuple[Assignment, ...] = ()
    tiers: tuple[TierValue, ...] = ()
    unplaced: tuple[dict[str, Any], ...] = ()  # as in the exchange format, section 5
    conflict: Conflict | None = None
    run: dict[str, Any] = field(default_factory=dict)
