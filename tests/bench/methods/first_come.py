"""First come, first served: the list from the top, ``scheduler.greedy``."""

from __future__ import annotations

from scheduler.greedy import greedy
from scheduler.problem import Problem
from scheduler.result import Result
from tests.bench.methods.listed import listed


def method(problem: Problem, _seconds: float) -> Result:
    """The list's plan. Raises ``NoPlanError`` where the pins could not be placed."""
    return listed(problem, greedy(problem))
