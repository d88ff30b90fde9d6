"""The search of a large problem: a first good choice, then round after round of regions.

With two workers the bounds are found in a thread of their own, which then works at regions too;
the engines release the lock.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from random import Random
from threading import Event

import numpy as np

from scheduler.completion import completed
from scheduler.large.beginning import by_prices, whole
from scheduler.large.bounds import Bounds
from scheduler.large.clock import Clock
from scheduler.large.incumbent import Incumbent
from scheduler.large.levels import shown
from scheduler.large.market import Choice, Market
from scheduler.large.prices import Paid, Prices
from scheduler.large.rounds import Rounds
from scheduler.matrix import Floats
from scheduler.params import Params
from scheduler.result import Assignment, Progress, TierValue, Value
from scheduler.waiting import Stop

WHOLE_UP_TO = 60_000  # options whose relaxation is solved
TEMPERATURES, STEPS = (300.0, 60.0, 12.0, 4.0), 35
FINER, FINER_STEPS = (8.0, 2.0, 0.5), 60

Tell = Callable[[Progress], None]


class LargeSearch:
    """One run over one market."""

    def __init__(
        self,
        market: Market,
        params: Params,
        tell: Tell | None,
        stop: Stop | None,
        began: float,
        *,
        whole_up_to: int = WHOLE_UP_TO,
    ) -> None:
        """``began``: the moment of ``time.monotonic`` from which the limit counts."""
        self._is_whole = len(market.options) <= whole_up_to
        self._market, self._params, self._tell = market, params, tell
        self._clock = Clock(params, stop, began)
        self._rng = Random(params.seed)  # noqa: S311  a search, no secret
        self.hand = Incumbent(market)
        self._prices = Prices(market)
        self._has_begun = Event()

    def improve(self, plan: Sequence[Assignment]) -> tuple[tuple[Assignment, ...], list[TierValue]]:
        """From a plan that obeys every rule a better one, and what is known of its tiers.

        Ends when the time is over, or when no region gets better.
        """
        market = self._market
        self.hand.take(market.choice_of(plan))
        self._progress()
        paid = self._lowered(self._prices.start(), TEMPERATURES, STEPS)
        rounds = Rounds(
            *(market, self.hand, paid, self._clock, self._rng, self._progress),
            is_whole=self._is_whole,
        )
        if self._params.workers == 1:
            self._begin(paid)
            bounds = self._bounds(rounds)
            rounds.work()
        else:
            with ThreadPoolExecutor(1) as pool:
                helping = pool.submit(self._help, rounds)
                try:
                    self._begin(paid)
                finally:
                    self._has_begun.set()
                rounds.work()
                bounds = helping.result()
        plan = market.plan_of(self.hand.choice)
        plan = completed(market.problem, market.options, market.visits, plan)
        self.hand.take(market.choice_of(plan))
        return market.plan_of(self.hand.choice), self._told(bounds)

    def _lowered(self, at: Floats, temperatures: Sequence[float], steps: int) -> Paid:
        is_over = self._clock.is_over
        at = self._prices.lowered(at, self.hand.aim, temperatures, steps, is_over)
        return Paid(self._prices, at)

    def _begin(self, paid: Paid) -> None:
        market, aim = self._market, self.hand.aim
        pinned, unit = market.options.pinned, self.hand.choice.unit
        begun = Choice(self.hand.choice.taken & pinned, np.where(pinned, unit, -1))
        found = by_prices(market, aim, paid, begun, self._clock, self._rng)
        self._take(found)
        if self._is_whole:
            self._take(whole(market, aim, self._clock))

    def _take(self, found: Choice | None) -> None:
        if found is not None and self.hand.take(found):
            self._progress()

    def _help(self, rounds: Rounds) -> Bounds:
        """The second worker: first bounds, then regions with the first."""
        bounds = self._bounds(rounds)
        self._has_begun.wait()
        rounds.work()
        return bounds

    def _bounds(self, rounds: Rounds) -> Bounds:
        if not self._is_whole:
            rounds.paid = self._lowered(rounds.paid.at, FINER, FINER_STEPS)
        levels, is_whole = self.hand.levels, self._is_whole
        bounds = Bounds(self._market, levels, rounds.paid, self._clock, is_whole=is_whole)
        bounds.find()
        return bounds

    def _told(self, bounds: Bounds) -> list[TierValue]:
        told: list[TierValue] = []
        proven = True
        for tier in self._market.problem.policy.objective:
            mine = [i for i, level in enumerate(self.hand.levels) if level.tier == tier]
            numbers = [bounds.of(i, self.hand.best) for i in mine]
            value = self._value(tier)
            bound = shown(self._market, tier, numbers)
            proven = proven and numbers == [self.hand.best[i] for i in mine]
            told.append(TierValue(tier, value, bound, proven))
            self._say(tier, value, bound)
        return told

    def _value(self, tier: str) -> Value:
        hand = self.hand
        mine = [v for v, level in zip(hand.values, hand.levels, strict=True) if level.tier == tier]
        return shown(self._market, tier, mine)

    def _progress(self) -> None:
        for level in self.hand.levels[:1]:
            self._say(level.tier, self._value(level.tier), None)

    def _say(self, tier: str, value: Value, bound: Value | None) -> None:
        if self._tell is None:
            return
        gap = None
        if isinstance(value, int) and isinstance(bound, int):
            gap = abs(bound - value) / max(abs(value), 1)
        self._tell(Progress(tier, value, bound, gap, self._clock.seconds))
