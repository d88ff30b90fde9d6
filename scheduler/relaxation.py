"""Bounds from the linear relaxation, proven by its duals.

Any multipliers prove a bound, good or bad: what the objective can still gain beyond the rows is
limited by the variables' own range. So a relaxation cut short is as true as a solved one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import timedelta

import numpy as np
from ortools.math_opt.python import mathopt
from ortools.util.python.solve_interrupter import SolveInterrupter

from scheduler.matrix import Floats, Ints, Matrix, dense, maximising
from scheduler.model import INFINITY, Row, Rows, Term
from scheduler.waiting import Stop, patiently


def relaxed_bound(
    rows: Rows,
    terms: Sequence[Term],
    floors: Sequence[tuple[Sequence[Term], int]] = (),
    seconds: float | None = None,
    should_stop: Stop | None = None,
) -> int | None:
    """An upper bound on the sum of ``terms`` over the rows; None where none was found in time.

    Each floor is a sum and the least it must come to.
    """
    kept = [Row("", tuple(floor_terms), floor, INFINITY) for floor_terms, floor in floors]
    matrix = Matrix.of(Rows(rows.upper, [*rows.rows, *kept]))
    objective = dense(terms, len(rows.upper))
    model = maximising(matrix, objective, is_integer=False)
    limit = None if seconds is None else timedelta(seconds=max(seconds, 0.0))
    interrupter = SolveInterrupter()
    result = patiently(
        lambda: mathopt.solve(
            model,
            mathopt.SolverType.PDLP,
            params=mathopt.SolveParameters(time_limit=limit),
            interrupter=interrupter,
        ),
        interrupter.interrupt,
        should_stop,
    )
    found = next((s.dual_solution for s in result.solutions if s.dual_solution), None)
    if found is None:
        return None
    duals = np.zeros(len(matrix.low))
    for row, dual in found.dual_values.items():
        duals[row.id] = dual
    return proven_bound(matrix, objective, duals)


def proven_bound(matrix: Matrix, objective: Ints, duals: Floats) -> int | None:
    """What the multipliers ``duals`` (one a row) prove of the maximum of ``objective``."""
    bounded = np.where(
        (duals > 0) & (matrix.high >= INFINITY) | (duals < 0) & (matrix.low <= -INFINITY),
        0.0,
        duals,
    )
    side = np.where(bounded > 0, matrix.high, np.where(bounded < 0, matrix.low, 0))
    left = objective - np.bincount(
        matrix.column,
        weights=matrix.coefficient * bounded[matrix.row],
        minlength=len(objective),
    )
    total = float(side @ bounded + np.maximum(left, 0.0) @ matrix.upper)
    return math.floor(total + 1e-9 * abs(total) + 1e-6) if math.isfinite(total) else None
