"""Where the plans are that are still of interest, and what the linear relaxation proves there.

Any multipliers prove a bound, good or bad: what the objective can still gain beyond the rows is
limited by the range of each variable. The same sum says what one more of a variable costs, and so
how far each can move if the objective is to reach a target ("reduced cost fixing": H. Crowder,
E. Johnson and M. Padberg, 1983).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np
from ortools.math_opt.python import mathopt
from ortools.util.python.solve_interrupter import SolveInterrupter

from scheduler.matrix import ROUNDING, Floats, Ints, Matrix, dense, maximising
from scheduler.model import INFINITY, Rows
from scheduler.objectives import Level
from scheduler.outcome import EngineError, Outcome
from scheduler.params import Params
from scheduler.waiting import Stop, patiently

TOLERANCE = 1e-6
REASON = mathopt.TerminationReason


@dataclass(frozen=True, slots=True)
class Proof:
    """``limit`` is an upper bound; one more of a variable adds its ``worth`` to it."""

    limit: float
    worth: Floats


@dataclass(frozen=True, slots=True)
class Space:
    """All solutions of the rows in a box: the ``lower`` and ``upper`` end of each variable."""

    matrix: Matrix
    lower: Ints
    upper: Ints

    @classmethod
    def of(cls, rows: Rows) -> Space:
        """The whole space of the rows."""
        matrix = Matrix.of(rows)
        return cls(matrix, np.zeros_like(matrix.upper), matrix.upper)

    def keeping(self, level: Level, floor: int) -> Space:
        """Only where the level reaches the floor."""
        return replace(self, matrix=self.matrix.keeping(level.terms, floor))

    def near(self, proof: Proof, target: int) -> Space:
        """A part that has every solution in which the proof's objective reaches the target."""
        spare = proof.limit - target + TOLERANCE
        moves = np.abs(proof.worth) > TOLERANCE
        width = (self.upper - self.lower).astype(float)
        width[moves] = np.clip(spare / np.abs(proof.worth[moves]) + TOLERANCE, 0, width[moves])
        most = np.floor(width).astype(np.int64)
        return replace(
            self,
            lower=np.where(proof.worth > 0, self.upper - most, self.lower),
            upper=np.where(proof.worth > 0, self.upper, self.lower + most),
        )

    def model(self, level: Level, *, is_integer: bool) -> mathopt.Model:
        """The model that maximises the level over the space."""
        return maximising(
            self.matrix,
            dense(level.terms, len(self.upper)),
            is_integer=is_integer,
            lower=self.lower,
            upper=self.upper,
        )

    def largest(self, level: Level) -> int:
        """What the terms of a row or of the level can come to at most, whatever their signs."""
        matrix = self.matrix
        sums = np.bincount(matrix.row, np.abs(matrix.coefficient) * self.upper[matrix.column])
        own = np.abs(dense(level.terms, len(self.upper))) @ self.upper
        return max(int(own), int(sums.max(initial=0)))

    def relaxed(
        self, level: Level, seconds: float | None = None, should_stop: Stop | None = None
    ) -> Proof:
        """What the linear relaxation proves of the level, as far as it comes in the time."""
        duals = np.zeros(len(self.matrix.low))
        if level.terms:
            model = self.model(level, is_integer=False)
            result = solve_model(
                model, mathopt.SolverType.GLOP, parameters_of(seconds), should_stop
            )
            for solution in result.solutions[:1]:
                if solution.dual_solution is not None:
                    for row, value in solution.dual_solution.dual_values.items():
                        duals[row.id] = value
        return self.proven(dense(level.terms, len(self.upper)), duals)

    def proven(self, objective: Ints, duals: Floats) -> Proof:
        """What the multipliers ``duals``, one a row, prove of the maximum of the objective."""
        matrix = self.matrix
        is_idle = (duals > 0) & (matrix.high >= INFINITY) | (duals < 0) & (matrix.low <= -INFINITY)
        used = np.where(is_idle, 0.0, duals)
        side = np.where(used > 0, matrix.high, np.where(used < 0, matrix.low, 0))
        used_up = np.bincount(
            matrix.column,
            weights=matrix.coefficient * used[matrix.row],
            minlength=len(objective),
        )
        worth = objective.astype(np.float64) - used_up
        parts = np.concatenate([side * used, np.where(worth > 0, self.upper, self.lower) * worth])
        rounding = ROUNDING * float(np.abs(parts).sum())
        return Proof(math.fsum(parts) + rounding, worth)

    def best(
        self,
        level: Level,
        start: list[int],
        params: Params,
        seconds: float | None = None,
        should_stop: Stop | None = None,
        *,
        presolve: bool = True,
    ) -> Outcome:
        """The best solution of the space for the level that CP-SAT finds, ``start`` a hint."""
        model = self.model(level, is_integer=True)
        parameters = parameters_of(seconds)
        parameters.threads = params.workers
        parameters.random_seed = params.seed
        parameters.cp_sat.linearization_level = 2
        parameters.cp_sat.cp_model_presolve = presolve
        # Measured: more rounds, and looking for symmetry, cost more than they bring.
        parameters.cp_sat.max_presolve_iterations = 1
        parameters.cp_sat.symmetry_level = 0
        if params.workers == 2:
            parameters.cp_sat.subsolvers.extend(["max_lp", "quick_restart"])
        hint = mathopt.SolutionHint(
            variable_values=dict(zip(model.variables(), map(float, start), strict=True))
        )
        result = solve_model(model, mathopt.SolverType.CP_SAT, parameters, should_stop, hint)
        reason = result.termination.reason
        dual = result.termination.objective_bounds.dual_bound
        bound = math.floor(dual + TOLERANCE) if math.isfinite(dual) else None
        if not result.has_primal_feasible_solution():
            return Outcome(None, bound, is_infeasible=reason == REASON.INFEASIBLE)
        values = [round(value) for value in result.variable_values(list(model.variables()))]
        return Outcome(values, bound, is_optimal=reason == REASON.OPTIMAL)


def parameters_of(seconds: float | None) -> mathopt.SolveParameters:
    """For math_opt: no more than these seconds."""
    return mathopt.SolveParameters(
        time_limit=None if seconds is None else timedelta(seconds=max(seconds, 0.0))
    )


def solve_model(
    model: mathopt.Model,
    solver: mathopt.SolverType,
    parameters: mathopt.SolveParameters,
    should_stop: Stop | None = None,
    hint: mathopt.SolutionHint | None = None,
) -> mathopt.SolveResult:
    """What math_opt says of a model. HiGHS does not hear ``should_stop``: limit its time."""
    interrupter = SolveInterrupter()
    hints = mathopt.ModelSolveParameters(solution_hints=[hint] if hint else [])
    try:
        return patiently(
            lambda: mathopt.solve(
                model, solver, params=parameters, model_params=hints, interrupter=interrupter
            ),
            interrupter.interrupt,
            should_stop,
        )
    except AttributeError as error:  # its own way to tell fails, and hides what it had to tell
        raise EngineError(f"{solver.name}: {error.__context__}") from error
