"""CP-SAT behind one door: the rows of a model, and one linear objective after another."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from queue import SimpleQueue

from ortools.sat.python import cp_model

from scheduler.model import INFINITY, Rows, Term
from scheduler.outcome import EngineError, Outcome
from scheduler.params import Params
from scheduler.waiting import Stop, patiently

Seen = Callable[[int | None, int | None], None]  # a better value, a better bound


class Engine:
    """A growing model: rows stay, objectives come and go."""

    def __init__(self, rows: Rows, params: Params) -> None:
        self._params = params
        self._model = cp_model.CpModel()
        self._variables = [self._model.new_int_var(0, upper, "") for upper in rows.upper]
        for row in rows.rows:
            self._add(row.terms, row.low, row.high)

    def _add(self, terms: Sequence[Term], low: int, high: int) -> None:
        domain = cp_model.Domain(
            cp_model.INT_MIN if low <= -INFINITY else low,
            cp_model.INT_MAX if high >= INFINITY else high,
        )
        self._model.add_linear_expression_in_domain(self._sum(terms), domain)

    def _sum(self, terms: Sequence[Term]) -> cp_model.LinearExpr:
        return cp_model.LinearExpr.weighted_sum(
            [self._variables[v] for v, _ in terms], [c for _, c in terms]
        )

    def keep(self, terms: Sequence[Term], floor: int) -> None:
        """From now on the terms add up to at least ``floor``."""
        self._add(terms, floor, INFINITY)

    def maximise(
        self,
        terms: Sequence[Term],
        *,
        start: Sequence[int] | None = None,
        seconds: float | None = None,
        should_stop: Stop | None = None,
        on_progress: Seen | None = None,
        presolve: bool = True,
    ) -> Outcome:
        """The best solution found from ``start`` within the time, and what is proven of it."""
        self._model.clear_objective()
        if terms:
            self._model.maximize(self._sum(terms))
        self._model.clear_hints()
        if start is not None:
            for variable, value in zip(self._variables, start, strict=True):
                self._model.add_hint(variable, value)
        solver = cp_model.CpSolver()
        self._configure(solver, seconds, presolve=presolve)
        status = _solve(solver, self._model, should_stop, on_progress)
        if status == cp_model.MODEL_INVALID:
            raise EngineError(self._model.validate() or f"parameters refused: {self._params}")
        if status == cp_model.INFEASIBLE:
            return Outcome(None, None, is_infeasible=True)
        if status == cp_model.UNKNOWN:
            return Outcome(None, None)
        values = [solver.value(variable) for variable in self._variables]
        return Outcome(values, _floor(solver.best_objective_bound), status == cp_model.OPTIMAL)

    def _configure(
        self, solver: cp_model.CpSolver, seconds: float | None, *, presolve: bool
    ) -> None:
        parameters = solver.parameters
        parameters.random_seed = self._params.seed
        parameters.cp_model_presolve = presolve
        # Measured: the default portfolio is the wrong one here, see README.md.
        if self._params.workers == 1:
            parameters.num_workers = 1
            parameters.linearization_level = 2
        else:
            parameters.num_workers = self._params.workers
            if self._params.workers == 2:
                parameters.subsolvers.extend(["max_lp", "quick_restart"])
        if seconds is not None:
            parameters.max_time_in_seconds = max(seconds, 0.0)


class _Watcher(cp_model.CpSolverSolutionCallback):
    def __init__(self, seen: Seen) -> None:
        super().__init__()
        self._seen = seen

    def on_solution_callback(self) -> None:
        self._seen(round(self.objective_value), _floor(self.best_objective_bound))


def _solve(
    solver: cp_model.CpSolver,
    model: cp_model.CpModel,
    should_stop: Stop | None,
    on_progress: Seen | None,
) -> cp_model.CpSolverStatus:
    heard: SimpleQueue[tuple[int | None, int | None]] = SimpleQueue()
    watcher = _Watcher(lambda value, bound: heard.put((value, bound))) if on_progress else None
    if on_progress:
        solver.best_bound_callback = lambda bound: heard.put((None, _floor(bound)))

    def tell() -> None:
        while on_progress is not None and not heard.empty():
            on_progress(*heard.get())

    return patiently(lambda: solver.solve(model, watcher), solver.stop_search, should_stop, tell)


def _floor(bound: float) -> int | None:
    return math.floor(bound + 1e-6) if math.isfinite(bound) and abs(bound) < INFINITY else None
