"""The search: level after level of the objective, the best values so far, and what time is left.

A problem of usual size goes to the engine as a whole. A large one is first improved by
neighbourhoods, with a bound from the relaxation; the engine has the time that is left.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from scheduler.completion import completed
from scheduler.exact import Exact, Goal
from scheduler.flow import flow_bound
from scheduler.matrix import dense
from scheduler.model import Model, Term
from scheduler.objectives import Level, Tier
from scheduler.params import Params
from scheduler.relaxation import relaxed_bound
from scheduler.result import Assignment, Progress, TierValue, Value
from scheduler.waiting import Stop

if TYPE_CHECKING:  # slow to import, and not always needed
    from scheduler.engine import Engine
    from scheduler.neighbourhood import Neighbourhoods

SHARE = 0.5  # of the time left, for each level but the last
SHARE_OF_BOUND = 0.4  # of a level's time, in a large problem
LARGE = 20_000  # options
RELAXABLE = 2_000_000  # coefficients

Tell = Callable[[Progress], None]


class Search:
    """One run over one model. The first plan is given by ``adopt``."""

    def __init__(
        self,
        model: Model,
        params: Params,
        tell: Tell | None = None,
        should_stop: Stop | None = None,
        *,
        large: int = LARGE,
        began: float | None = None,
    ) -> None:
        """``began``: the moment of ``time.monotonic`` from which the limit counts, if not now."""
        self._model, self._params = model, params
        self._is_large = len(model.options) > large
        self._tell, self._should_stop = tell, should_stop
        self._began = time.monotonic() if began is None else began
        self._floors: list[tuple[Sequence[Term], int]] = []
        self.values: list[int] = []

    @property
    def seconds(self) -> float:
        """Since the beginning."""
        return time.monotonic() - self._began

    def is_over(self) -> bool:
        """Whether the time is up or a stop was asked for."""
        is_stopped = self._should_stop is not None and self._should_stop()
        return is_stopped or self._left(self._end(1.0)) == 0.0

    def adopt(self, plan: Sequence[Assignment]) -> None:
        """Keep a plan that obeys every rule.

        Where ``served`` comes first, nobody is left out whom nothing keeps out.
        """
        policy = self._model.problem.policy
        if policy.objective[:1] == ("served",) and not policy.slack.get("served"):
            model = self._model
            plan = completed(model.problem, model.options, model.visits, plan)
        self.values = self._model.values_of(plan)

    def optimise(self, tiers: Sequence[Tier]) -> list[TierValue]:
        """Each tier at its best, the earlier ones kept; values are those of the last plan."""
        if self._is_large:
            answers = [self._tier(tier, is_last=tier is tiers[-1]) for tier in tiers]
        else:
            answers = self._exactly(tiers)
        told = []
        proven = True
        for tier, (bound, was_proven) in zip(tiers, answers, strict=True):
            value = tier.value(self.values)
            # A search for a later tier may have brought an earlier one to its bound.
            proven = proven and (was_proven or value == bound)
            told.append(TierValue(tier.name, value, bound, proven))
        return told

    def _exactly(self, tiers: Sequence[Tier]) -> list[tuple[Value, bool]]:
        """For each tier its bound, and whether its best value is known."""
        goals = [Goal(level, tier.floor) for tier in tiers for level in tier.levels]
        exact = Exact(self._model, goals, self.values, self._params, self._all_left, self.is_over)
        for _ in exact.run():
            self.values = exact.values
            self._answers(tiers, exact)
        self.adopt(self._model.plan_of(self.values))
        exact.take(self.values)
        return self._answers(tiers, exact)

    def _answers(self, tiers: Sequence[Tier], exact: Exact) -> list[tuple[Value, bool]]:
        bounds, best = iter(exact.bounds), iter(exact.best)
        found = []
        for tier in tiers:
            bound = tier.shown([next(bounds) for _ in tier.levels])
            is_known = None not in [next(best) for _ in tier.levels]
            found.append((bound, is_known))
            self._progress(tier, tier.value(self.values), bound)
        return found

    def _all_left(self) -> float | None:
        return self._left(self._end(1.0))

    def _tier(self, tier: Tier, *, is_last: bool) -> tuple[Value, bool]:
        """The tier's bound, and whether its best value is known; the rest must keep that value."""
        numbers: list[int] = []
        known = True
        for i, level in enumerate(tier.levels):
            bound = self._limit(level)
            if known and level.of(self.values) < bound and not self.is_over():
                share = 1.0 if is_last and i == len(tier.levels) - 1 else SHARE
                bound = self._level(tier, level, bound, self._end(share))
            best = level.of(self.values)
            known = known and best == bound
            numbers.append(bound)
            self._keep(level.terms, tier.floor(best))
        self._progress(tier, tier.value(self.values), tier.shown(numbers))
        return tier.shown(numbers), known

    def _limit(self, level: Level) -> int:
        """A bound that costs next to nothing, so that no level is ever without."""
        flow = flow_bound(self._model, level.terms) if self._is_large else None
        return level.limit if flow is None else min(level.limit, flow)

    def _level(self, tier: Tier, level: Level, bound: int, end: float | None) -> int:
        """Improve the values for one level; returns the bound, at most the one known before."""

        def seen(value: int | None, limit: int | None) -> None:
            if len(tier.levels) == 1:
                known = (None if n is None else tier.shown([n]) for n in (value, limit))
                self._progress(tier, *known)

        if self._is_large:
            relaxed = self._relaxed(level, end)
            bound = bound if relaxed is None else min(bound, relaxed)
            seen(level.of(self.values), bound)
            self._wander(level, bound, end, lambda value: seen(value, bound))
        before = level.of(self.values)
        if before == bound or self._left(end) == 0.0 or self.is_over():
            return bound
        outcome = self._engine.maximise(
            level.terms,
            start=self.values,
            seconds=self._left(end),
            should_stop=self._should_stop,
            on_progress=seen,
        )
        if outcome.values is not None and level.of(outcome.values) >= before:
            self.adopt(self._model.plan_of(outcome.values))
        # A bound below a plan in hand is an error of the engine: not to be repeated.
        if outcome.bound is not None and outcome.bound >= level.of(self.values):
            bound = min(bound, outcome.bound)
        return bound

    def _relaxed(self, level: Level, end: float | None) -> int | None:
        """The bound of the relaxation, where that does not take too long."""
        if sum(len(row.terms) for row in self._model.rows) > RELAXABLE:
            return None
        left = self._left(end)
        seconds = None if left is None else left * SHARE_OF_BOUND
        return relaxed_bound(self._model, level.terms, self._floors, seconds, self._should_stop)

    def _wander(
        self, level: Level, bound: int, end: float | None, seen: Callable[[int], None]
    ) -> None:
        """Neighbourhood after neighbourhood, until none of a whole round is better."""
        values = np.array(self.values, dtype=np.int64)
        objective = dense(level.terms, len(values))
        floors = [(dense(terms, len(values)), floor) for terms, floor in self._floors]
        is_better = True
        while is_better:
            is_better = False
            for freed in self._neighbourhoods.once_around():
                if objective @ values >= bound or self._left(end) == 0.0 or self.is_over():
                    is_better = False
                    break
                better = self._neighbourhoods.improve(
                    freed, values, objective, floors, self._left(end), self._should_stop
                )
                if better is not None:
                    values, is_better = better, True
                    seen(int(objective @ values))
        self.adopt(self._model.plan_of(values.tolist()))

    def _keep(self, terms: Sequence[Term], floor: int) -> None:
        self._floors.append((terms, floor))
        if "_engine" in self.__dict__:
            self._engine.keep(terms, floor)

    @cached_property
    def _engine(self) -> Engine:
        from scheduler.engine import Engine

        engine = Engine(self._model, self._params)
        for terms, floor in self._floors:
            engine.keep(terms, floor)
        return engine

    @cached_property
    def _neighbourhoods(self) -> Neighbourhoods:
        from scheduler.neighbourhood import Neighbourhoods

        return Neighbourhoods(self._model, self._params)

    def _end(self, share: float) -> float | None:
        """The moment at which that share of the time left is over; None without a limit."""
        if self._params.time_limit is None:
            return None
        left = max(0.0, self._params.time_limit - self.seconds)
        return self.seconds + left * share

    def _left(self, end: float | None) -> float | None:
        return None if end is None else max(0.0, end - self.seconds)

    def _progress(self, tier: Tier, value: Value | None, bound: Value | None) -> None:
        if self._tell is not None:
            self._tell(Progress(tier.name, value, bound, _gap(value, bound), self.seconds))


def _gap(value: Value | None, bound: Value | None) -> float | None:
    if value == bound and value is not None:
        return 0.0
    if isinstance(value, int) and isinstance(bound, int):
        return abs(bound - value) / max(abs(value), 1)
    return None
