"""A linear program over whole numbers, put together family by family, and solved by GLOP.

GLOP, through math_opt, goes on from a basis when another objective is set. HiGHS took five to ten
times as long for the same programs.
"""

from __future__ import annotations

from datetime import timedelta

import numpy as np
from ortools.math_opt import model_pb2
from ortools.math_opt.python import mathopt
from ortools.util.python.solve_interrupter import SolveInterrupter

from scheduler.matrix import ROUNDING, Floats
from scheduler.ragged import Ints
from scheduler.waiting import Stop, patiently, unless_stopped

INFINITE = np.inf
NODES = 50
EXACT = 1e-6


class Program:
    """Maximise ``objective`` over variables from ``lower`` to ``upper`` and over rows."""

    def __init__(self) -> None:
        self._rows: list[Ints] = []
        self._columns: list[Ints] = []
        self._coefficients: list[Floats] = []
        self._low: list[Floats] = []
        self._high: list[Floats] = []
        self._objective: list[Floats] = []
        self._upper: list[Floats] = []
        self._lower: list[Floats] = []
        self.num_rows = self.num_variables = 0

    def variables(
        self, objective: Floats | Ints, upper: Floats | Ints, lower: Floats | Ints | float = 0.0
    ) -> Ints:
        """New variables, one for each entry; returns their positions."""
        size = len(objective)
        self._objective.append(np.asarray(objective, dtype=float))
        self._upper.append(np.asarray(upper, dtype=float))
        self._lower.append(np.broadcast_to(np.asarray(lower, dtype=float), (size,)))
        self.num_variables += size
        return np.arange(self.num_variables - size, self.num_variables, dtype=np.int64)

    def rows(
        self,
        entries: Ints,
        columns: Ints,
        coefficients: Floats | Ints | float,
        low: Floats | Ints | float,
        high: Floats | Ints | float,
        num: int,
    ) -> None:
        """``num`` new rows; ``entries`` says to which of them each coefficient belongs."""
        self._rows.append(entries + self.num_rows)
        self._columns.append(columns)
        values = np.asarray(coefficients, dtype=float)
        self._coefficients.append(np.broadcast_to(values, (len(columns),)))
        self._low.append(np.broadcast_to(np.asarray(low, dtype=float), (num,)))
        self._high.append(np.broadcast_to(np.asarray(high, dtype=float), (num,)))
        self.num_rows += num

    def seal(self) -> None:
        """Join what was added; nothing more may be."""
        self.row, self.column = _joined(self._rows, np.int64), _joined(self._columns, np.int64)
        self.coefficient = _joined(self._coefficients, np.float64)
        self.low, self.high = _joined(self._low, np.float64), _joined(self._high, np.float64)
        self.objective = _joined(self._objective, np.float64)
        self.lower, self.upper = _joined(self._lower, np.float64), _joined(self._upper, np.float64)
        order = np.lexsort((self.column, self.row))
        self.row, self.column = self.row[order], self.column[order]
        self.coefficient = self.coefficient[order]

    def reduced_costs(self, duals: Floats) -> Floats:
        """What a variable is worth beyond what the rows charge for it."""
        charged = self.coefficient * duals[self.row]
        return self.objective - np.bincount(self.column, charged, minlength=self.num_variables)

    def coefficients_of(self, row: int) -> Floats:
        """What the row counts each variable for."""
        found: Floats = np.zeros(self.num_variables)
        mine = self.row == row
        found[self.column[mine]] = self.coefficient[mine]
        return found

    def narrowed(self, lower: Floats, upper: Floats) -> tuple[Program, Ints]:
        """The program within these ranges, and which variables it still has.

        Variables without a choice are gone, and so are rows that nothing can break any more.
        """
        free = lower < upper
        inside = free[self.column]
        fixed = np.bincount(
            self.row[~inside],
            self.coefficient[~inside] * lower[self.column[~inside]],
            minlength=self.num_rows,
        )
        low, high = self.low - fixed, self.high - fixed
        row, column, values = self.row[inside], self.column[inside], self.coefficient[inside]
        ends = values * lower[column], values * upper[column]
        least = np.bincount(row, np.minimum(*ends), minlength=self.num_rows)
        most = np.bincount(row, np.maximum(*ends), minlength=self.num_rows)
        matters = (least < low - 1e-9) | (most > high + 1e-9)
        entries = matters[row]
        rows = np.flatnonzero(matters)
        smaller = Program()
        smaller.variables(self.objective[free], upper[free], lower[free])
        smaller.rows(
            (np.cumsum(matters) - 1)[row[entries]],
            (np.cumsum(free) - 1)[column[entries]],
            values[entries],
            low[rows],
            high[rows],
            len(rows),
        )
        smaller.seal()
        return smaller, np.flatnonzero(free)

    def model(self) -> mathopt.Model:
        """The relaxation: the variables need not be whole."""
        proto = model_pb2.ModelProto()
        variables, rows = proto.variables, proto.linear_constraints
        variables.ids.extend(range(self.num_variables))
        variables.lower_bounds.extend(self.lower.tolist())
        variables.upper_bounds.extend(self.upper.tolist())
        variables.integers.extend([False] * self.num_variables)
        rows.ids.extend(range(self.num_rows))
        rows.lower_bounds.extend(self.low.tolist())
        rows.upper_bounds.extend(self.high.tolist())
        entries = proto.linear_constraint_matrix
        entries.row_ids.extend(self.row.tolist())
        entries.column_ids.extend(self.column.tolist())
        entries.coefficients.extend(self.coefficient.tolist())
        proto.objective.maximize = True
        used = np.flatnonzero(self.objective)
        proto.objective.linear_coefficients.ids.extend(used.tolist())
        proto.objective.linear_coefficients.values.extend(self.objective[used].tolist())
        return mathopt.Model.from_model_proto(proto)

    def whole(
        self,
        seconds: float | None,
        should_stop: Stop,
        gap: float = EXACT,
        start: Floats | None = None,
    ) -> Floats | None:
        """The best whole values that HiGHS finds in the time; None where it finds none.

        From ``start``, values that ranges and rows allow, it finds nothing worse.

        Without a time it looks at ``NODES`` nodes, the same ones each time. It ends where less
        than ``gap`` of the objective is left to win. Once ``should_stop`` is true, None.
        """
        model, begin = self.model(), mathopt.ModelSolveParameters()
        variables = list(model.variables())
        for variable in variables:
            variable.integer = True
        if start is not None:
            values = dict(zip(variables, start.tolist(), strict=True))
            begin.solution_hints.append(mathopt.SolutionHint(variable_values=values))
        parameters = mathopt.SolveParameters(relative_gap_tolerance=gap)
        if seconds is None:
            parameters.node_limit = NODES
        else:
            parameters.time_limit = timedelta(seconds=max(seconds, 0.0))
        result = unless_stopped(
            lambda: mathopt.solve(
                model, mathopt.SolverType.HIGHS, params=parameters, model_params=begin
            ),
            should_stop,
        )
        if result is None or not result.has_primal_feasible_solution():
            return None
        found: Floats = np.rint(np.array(result.variable_values(variables)))
        return found

    def proven(self, duals: Floats, objective: Floats | None = None) -> float:
        """What multipliers, one a row, prove of the maximum: true whatever they are."""
        wanted = self.objective if objective is None else objective
        held = np.where(
            (duals > 0) & np.isinf(self.high) | (duals < 0) & np.isinf(self.low), 0.0, duals
        )
        side = np.where(held > 0, self.high, np.where(held < 0, self.low, 0.0))
        charged = self.coefficient * held[self.row]
        left = wanted - np.bincount(self.column, charged, minlength=self.num_variables)
        gain = np.where(left > 0, left * self.upper, left * self.lower)
        size = np.bincount(self.column, np.abs(charged), minlength=self.num_variables)
        size = (size + np.abs(wanted)) * np.maximum(np.abs(self.lower), np.abs(self.upper))
        rounding = ROUNDING * float(np.abs(side * held).sum() + size.sum())
        return float(side @ held + gain.sum()) + rounding


class Relaxation:
    """A program's relaxation, solved again and again while its objective and rows change."""

    def __init__(self, program: Program) -> None:
        self._model = program.model()
        self._variables = list(self._model.variables())
        self._rows = list(self._model.linear_constraints())
        self._solver = mathopt.IncrementalSolver(self._model, mathopt.SolverType.GLOP)
        self._result: mathopt.SolveResult | None = None

    def maximise(self, objective: Floats) -> None:
        """Another objective from the next solve on."""
        self._model.objective.clear()
        self._model.objective.is_maximize = True
        for i in np.flatnonzero(objective).tolist():
            self._model.objective.set_linear_coefficient(self._variables[i], float(objective[i]))

    def keep(self, row: int, low: float) -> None:
        """The row adds up to at least ``low`` from the next solve on."""
        self._rows[row].lower_bound = low

    def solve(self, seconds: float | None = None, should_stop: Stop | None = None) -> Floats | None:
        """The best values; None where there are none or time was up.

        Goes on from the basis of the last solve, if it left one: without a presolve, which would
        lose it.
        """
        parameters = mathopt.SolveParameters()
        if seconds is not None:
            parameters.time_limit = timedelta(seconds=max(seconds, 0.0))
        begin = mathopt.ModelSolveParameters()
        if self._result is not None and self._result.solutions:
            begin.initial_basis = self._result.solutions[0].basis
            parameters.presolve = mathopt.Emphasis.OFF
            parameters.lp_algorithm = mathopt.LPAlgorithm.PRIMAL_SIMPLEX
        interrupter = SolveInterrupter()
        self._result = patiently(
            lambda: self._solver.solve(
                params=parameters, model_params=begin, interrupter=interrupter
            ),
            interrupter.interrupt,
            should_stop,
        )
        if self._result.termination.reason != mathopt.TerminationReason.OPTIMAL:
            return None
        return np.array(self._result.variable_values(self._variables))

    def duals(self) -> Floats:
        """The multipliers of the last solve that gave values, one a row."""
        assert self._result is not None
        return np.array(self._result.dual_values(self._rows))


def _joined(parts: list[Ints] | list[Floats], kind: type) -> np.ndarray:
    return np.concatenate(parts) if parts else np.zeros(0, dtype=kind)
