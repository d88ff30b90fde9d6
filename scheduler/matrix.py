"""The rows of a model as arrays, and as a model of math_opt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from ortools.math_opt import model_pb2
from ortools.math_opt.python import mathopt

from scheduler.model import INFINITY, Rows, Term

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

ROUNDING = 1e-12  # of all terms of a sum, signs aside: more than floating point loses


@dataclass(frozen=True, slots=True)
class Matrix:
    """Rows as arrays: the coefficients by row, and the range of each row and variable."""

    start: Ints  # (rows + 1,): where each row's coefficients begin
    column: Ints
    coefficient: Ints
    low: Ints  # -INFINITY: none
    high: Ints
    upper: Ints  # of the variables; they run from 0

    @classmethod
    def of(cls, rows: Rows) -> Matrix:
        """The matrix of the rows so far."""
        lengths = [len(row.terms) for row in rows.rows]
        flat = np.array([term for row in rows.rows for term in row.terms], dtype=np.int64).reshape(
            -1, 2
        )
        return cls(
            np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)]),
            flat[:, 0],
            flat[:, 1],
            np.array([row.low for row in rows.rows], dtype=np.int64),
            np.array([row.high for row in rows.rows], dtype=np.int64),
            np.array(rows.upper, dtype=np.int64),
        )

    def keeping(self, terms: Sequence[Term], floor: int) -> Matrix:
        """With one row more: the terms add up to at least ``floor``."""
        columns, coefficients = zip(*terms, strict=True) if terms else ((), ())
        return Matrix(
            np.append(self.start, self.start[-1] + len(terms)),
            np.append(self.column, np.array(columns, dtype=np.int64)),
            np.append(self.coefficient, np.array(coefficients, dtype=np.int64)),
            np.append(self.low, floor),
            np.append(self.high, INFINITY),
            self.upper,
        )

    @property
    def row(self) -> Ints:
        """The row of each coefficient."""
        return np.repeat(np.arange(len(self.low)), np.diff(self.start))


def dense(terms: Sequence[Term], size: int) -> Ints:
    """The coefficients of a sum, one a variable."""
    found = np.zeros(size, dtype=np.int64)
    np.add.at(found, [v for v, _ in terms], [c for _, c in terms])
    return found


def maximising(
    matrix: Matrix,
    objective: Ints,
    *,
    is_integer: bool,
    lower: Ints | None = None,
    upper: Ints | None = None,
) -> mathopt.Model:
    """The model that maximises the objective over the rows, or over a part of them.

    ``lower`` and ``upper`` say the range of each variable, where it is not all of it.
    """
    lower = np.zeros_like(matrix.upper) if lower is None else lower
    upper = matrix.upper if upper is None else upper
    proto = model_pb2.ModelProto()
    variables, rows = proto.variables, proto.linear_constraints
    variables.ids.extend(range(len(matrix.upper)))
    variables.lower_bounds.extend(lower.astype(float).tolist())
    variables.upper_bounds.extend(upper.astype(float).tolist())
    variables.integers.extend([is_integer] * len(matrix.upper))
    rows.ids.extend(range(len(matrix.low)))
    low = np.where(matrix.low <= -INFINITY, -np.inf, matrix.low)
    high = np.where(matrix.high >= INFINITY, np.inf, matrix.high)
    rows.lower_bounds.extend(low.tolist())
    rows.upper_bounds.extend(high.tolist())
    order = np.lexsort((matrix.column, matrix.row))
    entries = proto.linear_constraint_matrix
    entries.row_ids.extend(matrix.row[order].tolist())
    entries.column_ids.extend(matrix.column[order].tolist())
    entries.coefficients.extend(matrix.coefficient[order].astype(float).tolist())
    proto.objective.maximize = True
    used = np.flatnonzero(objective)
    proto.objective.linear_coefficients.ids.extend(used.tolist())
    proto.objective.linear_coefficients.values.extend(objective[used].astype(float).tolist())
    return mathopt.Model.from_model_proto(proto)
