"""Bounds from the linear relaxation, proven by its duals.

Any multipliers prove a bound, good or bad: what the objective can still gain beyond the rows is
limited by the variables' own range. So a relaxation cut short is as true as a solved one.
"""

from __future__ import annotations

import math

import numpy as np

from scheduler.matrix import Floats, Ints, Matrix
from scheduler.model import INFINITY


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
