"""Another engine, HiGHS: asked before a problem is called infeasible, and by the tests."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import timedelta

from ortools.math_opt.python import mathopt

from scheduler.engine import Outcome
from scheduler.matrix import Matrix, dense, maximising
from scheduler.model import Rows, Term

REASON = mathopt.TerminationReason
TOLERANCE = 1e-4


def second_opinion(rows: Rows, terms: Sequence[Term], seconds: float | None = None) -> Outcome:
    """What HiGHS finds of the maximum of ``terms`` over the rows."""
    model = maximising(Matrix.of(rows), dense(terms, len(rows.upper)), is_integer=True)
    parameters = mathopt.SolveParameters(
        time_limit=None if seconds is None else timedelta(seconds=max(seconds, 0.0)),
        relative_gap_tolerance=0.0,
        absolute_gap_tolerance=0.5,  # the objective is a whole number
    )
    result = mathopt.solve(model, mathopt.SolverType.HIGHS, params=parameters)
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
