"""The search: level after level of the objective, the best values so far, and what time is left.

For problems of usual size, which are proven; ``large`` has those that are not.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from scheduler.check.tiers import goodness
from scheduler.completion import completed
from scheduler.exact import Exact, Goal
from scheduler.model import Model
from scheduler.objectives import Tier
from scheduler.params import Params
from scheduler.result import Assignment, Progress, TierValue, Value
from scheduler.waiting import Stop

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
        began: float | None = None,
    ) -> None:
        """``began``: the moment of ``time.monotonic`` from which the limit counts, if not now."""
        self._model, self._params = model, params
        self._tell, self._should_stop = tell, should_stop
        self._began = time.monotonic() if began is None else began
        self.values: list[int] = []

    @property
    def seconds(self) -> float:
        """Since the beginning."""
        return time.monotonic() - self._began

    def is_over(self) -> bool:
        """Whether the time is up or a stop was asked for."""
        is_stopped = self._should_stop is not None and self._should_stop()
        return is_stopped or self._left() == 0.0

    def adopt(self, plan: Sequence[Assignment]) -> None:
        """Keep a plan that obeys every rule.

        Where ``served`` comes first, nobody is left out whom nothing keeps out.
        """
        model = self._model
        plan = completed(model.problem, model.options, model.visits, plan)
        self.values = model.values_of(plan)

    def optimise(self, tiers: Sequence[Tier], known: Sequence[TierValue] = ()) -> list[TierValue]:
        """Each tier at its best, the earlier ones kept; values are those of the last plan.

        ``known`` is what another search says of its own plan: its bounds hold as long as all
        earlier tiers are no worse than there.
        """
        answers = self._exactly(tiers)
        told = []
        proven = holds = True
        others: Sequence[TierValue | None] = known or [None] * len(tiers)
        for tier, (bound, was_proven), other in zip(tiers, answers, others, strict=True):
            value = tier.value(self.values)
            if other is not None:
                if holds and not was_proven:
                    bound = self._nearest(tier, bound, other.bound, value)
                # Of a profile each rank: that is what the other search kept.
                keys = zip(self._key(tier, value), self._key(tier, other.value), strict=True)
                holds = holds and not tier.slack and all(mine >= its for mine, its in keys)
            # A search for a later tier may have brought an earlier one to its bound.
            proven = proven and (was_proven or value == bound)
            told.append(TierValue(tier.name, value, bound, proven))
            self._progress(tier, value, bound)
        return told

    def _key(self, tier: Tier, value: Value) -> tuple[int, ...]:
        return goodness(self._model.problem, tier.name, value)

    def _nearest(self, tier: Tier, bound: Value, other: Value | None, value: Value) -> Value:
        """The nearer of two bounds. One below the plan in hand is an error, and dropped."""
        if other is None or self._key(tier, other) < self._key(tier, value):
            return bound
        return min(bound, other, key=lambda found: self._key(tier, found))

    def _exactly(self, tiers: Sequence[Tier]) -> list[tuple[Value, bool]]:
        """For each tier its bound, and whether its best value is known."""
        goals = [Goal(level, tier.floor) for tier in tiers for level in tier.levels]
        exact = Exact(self._model, goals, self.values, self._params, self._left, self.is_over)
        for _ in exact.run():
            self.values = exact.values
            for tier, (bound, _) in zip(tiers, self._answers(tiers, exact), strict=True):
                self._progress(tier, tier.value(self.values), bound)
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
        return found

    def _left(self) -> float | None:
        limit = self._params.time_limit
        return None if limit is None else max(0.0, limit - self.seconds)

    def _progress(self, tier: Tier, value: Value | None, bound: Value | None) -> None:
        if self._tell is not None:
            self._tell(Progress(tier.name, value, bound, _gap(value, bound), self.seconds))


def _gap(value: Value | None, bound: Value | None) -> float | None:
    if value == bound and value is not None:
        return 0.0
    if isinstance(value, int) and isinstance(bound, int):
        return abs(bound - value) / max(abs(value), 1)
    return None
