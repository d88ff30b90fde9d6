"""One model of the whole problem, tier after tier: what CP-SAT and HiGHS are both given.

The rows are those of ``scheduler.constraints``, so that no method is worse off for its model. Each
level of the objective has all the time that is left; then a row keeps its best value.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from scheduler.constraints import build
from scheduler.model import Rows, Term
from scheduler.objectives import tiers
from scheduler.options import find_options
from scheduler.outcome import Outcome
from scheduler.problem import Problem
from scheduler.result import Result, TierValue, Value

# Rows, what to maximise, a solution to begin with if there is one, seconds.
Maximise = Callable[[Rows, Sequence[Term], Sequence[int] | None, float], Outcome]


def lexicographic(problem: Problem, seconds: float, maximise: Maximise) -> Result:
    """The result of maximising level after level within the time."""
    end = time.monotonic() + seconds
    model = build(problem, find_options(problem))
    wanted = tiers(model)
    values: Sequence[int] | None = None
    found: list[tuple[Value | None, bool]] = []  # the bound, and whether it was reached
    for tier in wanted:
        bounds: list[int] = []
        is_reached = True
        for level in tier.levels:
            left = end - time.monotonic()
            outcome = Outcome(None, None)
            if left > 0:
                outcome = maximise(model, level.terms, values, left)
            if outcome.values is not None:
                # Cut short, an engine need not have raised a variable that others decide.
                values = model.values_of(model.plan_of(outcome.values))
            if values is None:
                return Result("infeasible" if outcome.is_infeasible else "unknown")
            best = level.of(values)
            bounds += [] if outcome.bound is None else [outcome.bound]
            is_reached = is_reached and best == outcome.bound
            model.add("", level.terms, low=tier.floor(best))
        is_whole = len(bounds) == len(tier.levels)
        found.append((tier.shown(bounds) if is_whole else None, is_reached))
    assert values is not None
    told = []
    proven = True
    for tier, (bound, was_reached) in zip(wanted, found, strict=True):
        value = tier.value(values)
        # A later level may have brought an earlier one to its bound.
        proven = proven and (was_reached or value == bound)
        told.append(TierValue(tier.name, value, bound, proven))
    return Result("optimal" if proven else "feasible", model.plan_of(values), tuple(told))
