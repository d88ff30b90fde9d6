"""The search of a large problem: a first good choice, then round after round of regions.

The first choice is made by two workers, if there are two: one at the whole while the other is at
bounds and at the choice by prices (the whole may fail); or, where the whole is too large, one at
coaches' visits while the other is at all else, then both at bounds. Then both work at regions, in
threads: the engines release the lock.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from random import Random
from threading import Event

import numpy as np

from scheduler.completion import completed
from scheduler.large.beginning import by_prices, whole
from scheduler.large.bounds import Bounds
from scheduler.large.clock import Clock
from scheduler.large.incumbent import PLACE, Incumbent
from scheduler.large.levels import shown
from scheduler.large.market import Choice, Market
from scheduler.large.prices import Paid, Prices
from scheduler.large.rounds import Rounds
from scheduler.large.second_worker import SecondWorker
from scheduler.large.smooth import Cooling
from scheduler.large.visits import visits_by_prices
from scheduler.params import Params
from scheduler.result import Assignment, Progress, TierValue, Value
from scheduler.waiting import Stop

WHOLE_UP_TO = 35_000  # options whose relaxation is solved
COOLING = Cooling((300.0, 60.0, 12.0, 4.0), 35)
FINER, WITHIN = Cooling((8.0, 2.0, 0.5), 60), 0.15 * PLACE

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
        self._has_failed = Event()  # one of two workers
        should_stop = stop or (lambda: False)
        self._clock = Clock(params, lambda: self._has_failed.is_set() or should_stop(), began)
        self._rng = Random(params.seed)  # noqa: S311  a search, no secret
        self.hand = Incumbent(market)
        self._has_begun = Event()

    def improve(self, plan: Sequence[Assignment]) -> tuple[tuple[Assignment, ...], list[TierValue]]:
        """From a plan that obeys every rule a better one, and what is known of its tiers.

        Ends when the time is over, or when no region gets better.
        """
        market = self._market
        self.hand.take(market.choice_of(plan))
        self._progress()
        prices = Prices(market)
        at = prices.lowered(prices.start(), self.hand.aim, COOLING, self._clock.is_over)
        paid = Paid(prices, at)
        rounds = Rounds(
            *(market, self.hand, paid, self._clock, self._rng, self._progress),
            is_whole=self._is_whole,
        )
        if self._params.workers == 1:
            self._take(self._by_prices(paid, has_visits=self._is_whole))
            if self._is_whole:
                self._take(whole(market, self.hand.aim, self._clock))
            else:
                rounds.paid = self._finer(paid)
                self._begin_with(rounds, self._visits(rounds.paid))
            if self._is_whole:
                bounds = self._priced_bounds(rounds.paid)
                bounds.relax()
            else:
                bounds = self._bounds(rounds.paid)
                self._prove(bounds, rounds)
            rounds.work()
        elif self._is_whole:
            bounds = self._two_at_the_whole(rounds, paid)
        else:
            bounds = self._two_at_prices(rounds, paid)
        plan = market.plan_of(self.hand.choice)
        plan = completed(market.problem, market.options, market.visits, plan)
        self.hand.take(market.choice_of(plan))
        return market.plan_of(self.hand.choice), self._told(bounds)

    def _two_at_the_whole(self, rounds: Rounds, paid: Paid) -> Bounds:
        """The second worker is at bounds, and at prices while the first is at the whole."""
        with SecondWorker(self._has_failed) as second:
            bounds = second.submit(self._priced_bounds, paid)
            priced = second.submit(self._by_prices, paid, has_visits=True)
            helping = second.submit(self._help, bounds, rounds)
            try:
                is_better = self._take(whole(self._market, self.hand.aim, self._clock))
                if priced.done() or not is_better:
                    self._take(priced.result())
            finally:
                self._has_begun.set()
            rounds.work()
            helping.result()
            self._take(priced.result())  # rarely later than the whole, and still better
            return bounds.result()

    def _two_at_prices(self, rounds: Rounds, paid: Paid) -> Bounds:
        """The second worker is at coaches' visits while the first is at all else; then both are at
        bounds, one level each."""
        with SecondWorker(self._has_failed) as second:
            finer = second.submit(self._finer, paid)
            visits = second.submit(lambda: self._visits(finer.result()))
            self._take(self._by_prices(paid, has_visits=False))
            rounds.paid = finer.result()
            bounds = self._bounds(rounds.paid)
            first_level = second.submit(self._prove, bounds, rounds, 0)
            begun = second.submit(lambda: self._begin_with(rounds, visits.result()))
            helping = second.submit(rounds.work)
            self._prove(bounds, rounds, 1)
            begun.result()
            rounds.work()
            first_level.result()
            helping.result()
            return bounds

    def _prove(self, bounds: Bounds, rounds: Rounds, *levels: int) -> None:
        """Closer bounds of these levels, or of all, than prices of the search prove; and for the
        rounds, which groups are open in the programs that prove them."""
        bounds.price(*levels)
        rounds.openings.extend(bounds.narrow(*levels))

    def _by_prices(self, paid: Paid, *, has_visits: bool) -> Choice | None:
        return by_prices(
            *(self._market, self.hand.aim, paid, self._forced(), self._clock, self._rng),
            has_visits=has_visits,
        )

    def _finer(self, paid: Paid) -> Paid:
        """Prices for coaches' visits and for bounds."""
        at = paid.prices.refined(paid.at, self.hand.aim, FINER, self._clock.is_over, WITHIN)
        return Paid(paid.prices, at)

    def _visits(self, paid: Paid) -> Choice | None:
        """Coaches' visits at finer prices."""
        return visits_by_prices(self._market, self.hand.aim, paid, self._forced(), self._clock)

    def _begin_with(self, rounds: Rounds, visits: Choice | None) -> None:
        """Begin with the visits; without any, coached groups are filled by prices too."""
        if visits is not None:
            rounds.begin_with(visits)
        elif not self._clock.is_over() and len(self._market.class_group):
            self._take(self._by_prices(rounds.paid, has_visits=True))

    def _forced(self) -> Choice:
        """What no plan is without, as the plan in hand has it."""
        choice, forced = self.hand.choice, self._market.forced
        return Choice(choice.taken & forced, np.where(forced, choice.unit, -1))

    def _take(self, found: Choice | None) -> bool:
        is_better = found is not None and self.hand.take(found)
        if is_better:
            self._progress()
        return is_better

    def _help(self, bounds: Future[Bounds], rounds: Rounds) -> None:
        """The second worker, once there are bounds by prices: those of the whole, then regions."""
        bounds.result().relax()
        self._has_begun.wait()
        rounds.work()

    def _bounds(self, paid: Paid) -> Bounds:
        return Bounds(self._market, self.hand.levels, paid, self._clock)

    def _priced_bounds(self, paid: Paid) -> Bounds:
        bounds = self._bounds(paid)
        bounds.price()
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
