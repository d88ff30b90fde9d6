"""CP-SAT with default settings, on one model of the whole problem."""

from __future__ import annotations

import math
from collections.abc import Sequence

from ortools.sat.python import cp_model

from scheduler.model import INFINITY, Rows, Term
from scheduler.outcome import Outcome
from scheduler.problem import Problem
from scheduler.result import Result
from tests.bench.methods.lexicographic import lexicographic


def method(problem: Problem, seconds: float) -> Result:
    """The result of CP-SAT, each level begun from the solution of the one before."""
    return lexicographic(problem, seconds, maximise)


def maximise(
    rows: Rows, terms: Sequence[Term], start: Sequence[int] | None, seconds: float
) -> Outcome:
    """CP-SAT's best within the seconds, nothing but the time limit being set."""
    model = cp_model.CpModel()
    variables = [model.new_int_var(0, upper, "") for upper in rows.upper]

    def total(terms: Sequence[Term]) -> cp_model.LinearExpr:
        return cp_model.LinearExpr.weighted_sum(
            [variables[v] for v, _ in terms], [coefficient for _, coefficient in terms]
        )

    for row in rows.rows:
        low = cp_model.INT_MIN if row.low <= -INFINITY else row.low
        high = cp_model.INT_MAX if row.high >= INFINITY else row.high
        model.add_linear_expression_in_domain(total(row.terms), cp_model.Domain(low, high))
    model.maximize(total(terms))
    for variable, value in zip(variables, start or (), strict=start is not None):
        model.add_hint(variable, value)
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    status = solver.solve(model)
    if status == cp_model.MODEL_INVALID:
        raise ValueError(model.validate())
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Outcome(None, None, is_infeasible=status == cp_model.INFEASIBLE)
    bound = math.floor(solver.best_objective_bound + 1e-6)
    return Outcome([solver.value(v) for v in variables], bound, status == cp_model.OPTIMAL)
