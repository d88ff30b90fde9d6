"""What more room in each row is worth, by the duals of the linear relaxation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from ortools.math_opt.python import mathopt
from ortools.util.python.solve_interrupter import SolveInterrupter

from scheduler.matrix import Floats, Matrix, dense, maximising
from scheduler.model import INFINITY, Row, Rows, Term
from scheduler.relaxation import proven_bound
from scheduler.waiting import Stop, patiently

LARGE = 400_000  # coefficients; from here on a first-order method is faster than the simplex
FINE = 10**6  # the bound is told to this part of one


@dataclass(frozen=True, slots=True)
class Duals:
    """``worth[r]``: by how much a unit more of room in row r can raise ``bound`` at most.

    ``bound`` is at least the maximum, and stays so with ``worth`` added for a row that was given
    more room: whatever prices prove one proves the other (weak duality).
    """

    worth: Floats  # (rows,), none negative
    bound: float


def duals(
    rows: Rows,
    terms: Sequence[Term],
    floors: Sequence[tuple[Sequence[Term], int]] = (),
    seconds: float | None = None,
    should_stop: Stop | None = None,
) -> Duals | None:
    """The duals of the maximum of ``terms`` over the rows; None where none were found in time.

    Each floor is a sum and the least it must come to. Where several duals are best, these are
    some of them: a row of no worth by these may have one by others.
    """
    kept = [Row("", tuple(floor_terms), floor, INFINITY) for floor_terms, floor in floors]
    matrix = Matrix.of(Rows(rows.upper, [*rows.rows, *kept]))
    objective = dense(terms, len(rows.upper))
    model = maximising(matrix, objective, is_integer=False)
    is_large = len(matrix.column) > LARGE
    limit = None if seconds is None else timedelta(seconds=max(seconds, 0.0))
    interrupter = SolveInterrupter()
    result = patiently(
        lambda: mathopt.solve(
            model,
            mathopt.SolverType.PDLP if is_large else mathopt.SolverType.GLOP,
            params=mathopt.SolveParameters(time_limit=limit),
            interrupter=interrupter,
        ),
        interrupter.interrupt,
        should_stop,
    )
    found = next((s.dual_solution for s in result.solutions if s.dual_solution), None)
    if found is None:
        return None
    prices = np.zeros(len(matrix.low))
    for row, price in found.dual_values.items():
        prices[row.id] = price
    bound = proven_bound(matrix, FINE * objective, FINE * prices)
    if bound is None:
        return None
    return Duals(np.abs(prices[: len(rows.rows)]), (bound + 1) / FINE)
