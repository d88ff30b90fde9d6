"""The result of a method that proves nothing."""

from __future__ import annotations

from collections.abc import Sequence

from scheduler.check import evaluate
from scheduler.problem import Problem
from scheduler.result import Assignment, Result, TierValue


class NoPlanError(RuntimeError):
    """The method found no plan, which says nothing of whether there is one."""


def listed(problem: Problem, plan: Sequence[Assignment] | None) -> Result:
    """The plan with its values and no bounds. Raises ``NoPlanError`` where there is none."""
    if plan is None:
        raise NoPlanError("the pinned pairs could not be placed as a list")
    values = evaluate(problem, plan).items()
    tiers = tuple(TierValue(name, value, None, proven=False) for name, value in values)
    return Result("feasible", tuple(plan), tiers)
