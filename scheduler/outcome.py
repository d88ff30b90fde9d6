"""What an engine answers."""

from __future__ import annotations

from dataclasses import dataclass


class EngineError(RuntimeError):
    """The engine refused the model: a fault of this package."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """``values`` are those of the best solution; ``bound`` is a proven upper bound, if any."""

    values: list[int] | None
    bound: int | None
    is_optimal: bool = False
    is_infeasible: bool = False
