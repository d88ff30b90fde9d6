"""Where one engine is not believed on its word alone, and HiGHS, who is asked too."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from ortools.math_opt.python import mathopt

from scheduler.model import Rows, Term
from scheduler.objectives import Level
from scheduler.outcome import Outcome
from scheduler.params import Params
from scheduler.space import Space, parameters_of, solve_model
from scheduler.waiting import Stop

REASON = mathopt.TerminationReason
TOLERANCE = 1e-4
SAFE = 2**31 - 1  # for the sum of a row or an objective: OR-Tools issue 5293


def second_opinion(rows: Rows, terms: Sequence[Term], seconds: float | None = None) -> Outcome:
    """What HiGHS finds of the maximum of ``terms`` over the rows."""
    return _by_highs(Space.of(rows), Level(tuple(terms), 0), seconds)


def checked_best(
    space: Space,
    level: Level,
    start: list[int],
    known: int | None,
    params: Params,
    seconds: float | None = None,
    should_stop: Stop | None = None,
) -> Outcome:
    """The best for the level in the space; ``known`` is a value that is there, if one is.

    An answer that falls behind what is known is a fault of presolve (OR-Tools issue 5274): it is
    asked for again without, and dropped if it is no better. An optimum among large coefficients
    counts only if the other engine finds the same.
    """
    for presolve in (True, False):
        found = space.best(level, start, params, seconds, should_stop, presolve=presolve)
        is_final = found.is_optimal or found.is_infeasible
        value = None if found.values is None else level.of(found.values)
        if is_final and known is not None and (value is None or value < known):
            continue
        if found.is_optimal and space.largest(level) > SAFE:
            other = _by_highs(space, level, seconds)
            if not other.is_optimal or other.values is None or level.of(other.values) != value:
                return replace(found, bound=None, is_optimal=False)
        return found
    return Outcome(None, None)


def _by_highs(space: Space, level: Level, seconds: float | None) -> Outcome:
    model = space.model(level, is_integer=True)
    parameters = parameters_of(seconds)
    parameters.relative_gap_tolerance = 0.0
    parameters.absolute_gap_tolerance = 0.5  # the objective is a whole number
    result = solve_model(model, mathopt.SolverType.HIGHS, parameters)
    reason = result.termination.reason
    if reason in (REASON.INFEASIBLE, REASON.INFEASIBLE_OR_UNBOUNDED):
        return Outcome(None, None, is_infeasible=True)
    if not result.has_primal_feasible_solution():
        return Outcome(None, None)
    found = result.variable_values()
    values = [round(found[variable]) for variable in model.variables()]
    bound = result.best_objective_bound()
    return Outcome(
        values,
        math.floor(bound + TOLERANCE) if math.isfinite(bound) else None,
        reason == REASON.OPTIMAL,
    )
