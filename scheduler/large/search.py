"""The search of a large problem: the whole by its relaxation, then region after region.

With two workers the bounds are found in a thread of their own, which then works at regions too;
the engines release the lock.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import reduce
from operator import or_
from random import Random
from threading import Condition, Event

import numpy as np

from scheduler.completion import completed
from scheduler.greedy import greedy
from scheduler.large.bounds import Bounds
from scheduler.large.claim import Claim
from scheduler.large.coached_regions import CoachedRegions
from scheduler.large.flow import placed_anew
from scheduler.large.incumbent import PLACE, Incumbent
from scheduler.large.levels import shown
from scheduler.large.market import Choice, Market
from scheduler.large.neighbourhoods import neighbourhoods
from scheduler.large.prices import Paid, Prices
from scheduler.large.region import Floor, Region
from scheduler.large.rounding import relaxed, rounded
from scheduler.matrix import Floats
from scheduler.params import Params
from scheduler.ragged import Bools, Ints
from scheduler.result import Assignment, Progress, TierValue, Value
from scheduler.waiting import Stop

MARGIN = 0.06 * PLACE  # what may be lost at an option that is still looked at
PRICED_MARGIN, PRICED_GAP = 0.03 * PLACE, 1e-3  # people are placed anew afterwards
WHOLE_UP_TO = 60_000  # options whose relaxation is solved at once
REGION_OPTIONS = 4_000
TEMPERATURES, STEPS = (300.0, 60.0, 12.0, 4.0), 35
FINER, FINER_STEPS = (8.0, 2.0, 0.5), 60
ANEW_EVERY = 40  # regions
SLACK_SHARE = 0.4  # of the time, for the use of slack
SECONDS_FIRST, SECONDS_EACH, SECONDS_VISITS = 20.0, 5.0, 2.0  # of HiGHS
VISITS_GAP = 1e-4  # of a region's objective
WHOLE = 1e-6

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
        self._market, self._params, self._tell, self._began = market, params, tell, began
        self._stop = stop or (lambda: False)
        self.hand = Incumbent(market)
        self._num_slack = len(self.hand.unused_slack)
        self._rng = Random(params.seed)  # noqa: S311  a search, no secret
        self._paid: Paid | None = None  # without prices the whole is relaxed
        self._turn = Condition()
        self._has_begun = Event()
        self._claims: dict[Region, Claim] = {}
        self._round_now: Iterator[Bools] = iter(())
        self._num_regions = ANEW_EVERY  # since everybody was placed anew
        self._is_better = True  # whether something was, in this round

    @property
    def seconds(self) -> float:
        return time.monotonic() - self._began

    def _left(self) -> float | None:
        limit = self._params.time_limit
        return None if limit is None else max(0.0, limit - self.seconds)

    def _at_most(self, seconds: float) -> float | None:
        """Seconds for one search; None where no clock may decide."""
        if self._params.is_repeatable:
            return None
        left = self._left()
        return seconds if left is None else min(seconds, left)

    def _is_over(self) -> bool:
        return self._stop() or self._left() == 0.0

    def improve(self, plan: Sequence[Assignment]) -> tuple[tuple[Assignment, ...], list[TierValue]]:
        """From a plan that obeys every rule a better one, and what is known of its tiers.

        Ends when the time is over, or when no region gets better.
        """
        self.hand.take(self._market.choice_of(plan))
        self._progress()
        if not self._is_whole:
            self._paid = self._priced()
        if self._params.workers == 1:
            bounds = self._bounds()
            self._begin()
            self._regions()
        else:
            with ThreadPoolExecutor(1) as pool:
                helping = pool.submit(self._help)
                try:
                    self._begin()
                finally:
                    self._has_begun.set()
                self._regions()
                bounds = helping.result()
        market = self._market
        plan = market.plan_of(self.hand.choice)
        plan = completed(market.problem, market.options, market.visits, plan)
        self.hand.take(market.choice_of(plan))
        return market.plan_of(self.hand.choice), self._told(bounds)

    def _begin(self) -> None:
        if self._paid is None:
            self._first()
        else:
            self._by_prices(self._paid)
            self._place_anew()
            self._visit_anew(self._paid)

    def _help(self) -> Bounds:
        """The second worker: first prices and bounds, then regions with the first."""
        bounds = self._bounds()
        self._has_begun.wait()
        self._regions()
        return bounds

    def _bounds(self) -> Bounds:
        if self._paid is not None:
            prices, at = self._paid.prices, self._paid.at
            at = prices.lowered(at, self.hand.aim, FINER, FINER_STEPS, self._is_over)
            self._paid = Paid(prices, at)
        bounds = Bounds(self._market, self.hand.levels, self._paid, self._left, self._stop)
        bounds.find()
        return bounds

    def _priced(self) -> Paid:
        prices = Prices(self._market)
        at = prices.lowered(prices.start(), self.hand.aim, TEMPERATURES, STEPS, self._is_over)
        return Paid(prices, at)

    def _first(self) -> None:
        """The whole at once, from nothing, in the support of its relaxation."""
        market = self._market
        region = self._region(market.empty(), np.ones(len(market.capacity), dtype=bool))
        found = relaxed(region, self._left, self._stop)
        whole = found and rounded(region, *found, -1.0, self._at_most(SECONDS_FIRST))
        if whole is not None:
            self.hand.take(region.chosen(whole))
            self._progress()

    def _by_prices(self, paid: Paid) -> None:
        """Region after region from nothing; prices tell what people find in those still to come."""
        market, options = self._market, self._market.options
        gains = paid.prices.gains(paid.at, self.hand.aim)
        best = np.zeros(len(market.weight))
        np.maximum.at(best, options.participant, gains)
        considered = (gains >= best[options.participant] - MARGIN) | options.pinned
        choice = Choice(
            self.hand.choice.taken & options.pinned,
            np.where(options.pinned, self.hand.choice.unit, -1),
        )
        to_come = np.ones(len(market.capacity), dtype=bool)
        for groups in self._round(is_partition=True):
            to_come &= ~groups
            if self._is_over():
                break
            later = np.flatnonzero(considered & to_come[options.group])
            elsewhere = np.zeros(len(market.weight))
            np.maximum.at(elsewhere, options.participant[later], gains[later])
            aim = replace(self.hand.aim, elsewhere=elsewhere)
            region = Region(market, choice, groups, considered, aim)
            found = relaxed(region, self._left, self._stop)
            whole = None
            for margin in (PRICED_MARGIN, -1.0):
                if found is not None and whole is None:
                    most = self._at_most(SECONDS_EACH)
                    whole = rounded(region, *found, margin, most, PRICED_GAP)
            if whole is not None:
                choice = region.chosen(whole)
            elif options.pinned[groups[options.group]].any():
                return  # a pin without its group
        # What time did not reach, and what became free, is worked through as a list.
        begun = market.plan_of(choice)
        plan = greedy(market.problem, begun, options=options, clashing=market.clashing)
        if plan is not None:
            self.hand.take(market.choice_of(plan))
        self._progress()

    def _visit_anew(self, paid: Paid) -> None:
        """All coaches' visits once; everybody is placed anew after some of the regions."""
        gains = paid.prices.gains(paid.at, self.hand.aim)
        coached = CoachedRegions(self._market, self.hand.aim, gains, MARGIN)
        choice, num = self.hand.choice, 0
        for groups in coached.neighbourhoods(self._rng):
            if self._is_over():
                return
            region = coached.region(choice, groups)
            found = relaxed(region, self._left, self._stop)
            most = self._at_most(SECONDS_VISITS)
            whole = found and rounded(region, *found, MARGIN, most, VISITS_GAP)
            if whole is not None:
                choice = coached.chosen(region, whole, choice)
                num += 1
            if num == ANEW_EVERY:
                choice, num = self._placed_anew(choice), 0
        self._placed_anew(choice)

    def _regions(self) -> None:
        """Region after region until none of a whole round is better; for several workers."""
        while (region := self._next_region()) is not None:
            whole = None
            try:
                whole = self._renewed(region)
            finally:
                with self._turn:
                    del self._claims[region]
                    if whole is not None and self.hand.take(region.chosen(whole, self.hand.choice)):
                        self._is_better = True
                        self._progress()
                    self._turn.notify_all()

    def _next_region(self) -> Region | None:
        """A region that touches none at work; None when all is done."""
        with self._turn:
            while not self._is_over():
                is_due = self._is_slack_due()
                if is_due or self._num_regions == ANEW_EVERY:
                    if self._claims:
                        self._turn.wait()
                    elif is_due:
                        self._use_slack()
                    else:
                        self._is_better |= self._place_anew()
                        self._num_regions = 0
                    continue
                groups = next(self._round_now, None)
                if groups is None and self._claims:
                    self._turn.wait()
                elif groups is None:
                    if not self._is_better and not self.hand.unused_slack:
                        return None
                    if not self._is_better:
                        self._use_slack()
                    self._is_better = False
                    self._round_now = self._round()
                else:
                    held = reduce(or_, self._claims.values(), Claim.of_nothing(self._market))
                    region = self._region(self.hand.choice, groups, held)
                    if len(region.options):
                        self._num_regions += 1
                        self._claims[region] = region.claim
                        return region
        return None

    def _is_slack_due(self) -> bool:
        """Whether the rest of the time belongs to what slack is given for."""
        limit, num = self._params.time_limit, len(self.hand.unused_slack)
        if limit is None or not num:
            return False
        return self.seconds > limit * (1 - SLACK_SHARE * num / self._num_slack)

    def _use_slack(self) -> None:
        self.hand.use_slack(self._is_over)
        self._is_better = True
        self._progress()

    def _place_anew(self) -> bool:
        """Everybody anew with the visits as they are; whether that gave a better plan."""
        values = self.hand.values
        self._placed_anew(self.hand.choice)
        return self.hand.values is not values

    def _placed_anew(self, choice: Choice) -> Choice:
        """The plan in hand once everybody was placed anew with the visits of this choice."""
        found = None if self._is_over() else placed_anew(self._market, self.hand.sure_aim, choice)
        if found is not None and self.hand.take(found):
            self._progress()
        return self.hand.choice

    def _region(self, choice: Choice, groups: Bools, held: Claim | None = None) -> Region:
        everything = np.ones(len(self._market.options), dtype=bool)
        aim, floors = self.hand.aim, self.hand.floors
        region = Region(
            *(self._market, choice, groups, everything, aim),
            [Floor(level.place.astype(float), level.worth.astype(float)) for level, _ in floors],
            held=held,
        )
        for row, (level, spare) in zip(region.floor_rows, floors, strict=True):
            region.program.low[row] = self._part(region, level.place, level.worth) - spare
        return region

    def _renewed(self, region: Region) -> Floats | None:
        """Better values for the region; None where none are found."""
        worth = self._part(region, self.hand.aim.place, self.hand.aim.worth)
        found = relaxed(region, self._left, self._stop)
        if found is None:
            return None
        # What costs more than there is to gain is in no better plan.
        gain = float(region.program.objective @ found[0]) - worth
        if gain <= WHOLE:
            return None
        return rounded(region, *found, min(gain, MARGIN), self._at_most(SECONDS_EACH))

    def _part(self, region: Region, place: Floats | Ints, worth: Floats | Ints) -> float:
        """What the region's part of the plan in hand counts for in its program."""
        mine = region.options[self.hand.choice.taken[region.options]]
        placed = np.unique(self._market.options.participant[mine])
        kept = np.unique(self._market.options.participant[region.kept])
        new = np.setdiff1d(placed, kept)
        return float(worth[mine].sum() + place[new].sum())

    def _round(self, *, is_partition: bool = False) -> Iterator[Bools]:
        everything = np.ones(len(self._market.options), dtype=bool)
        return neighbourhoods(
            self._market, everything, REGION_OPTIONS, self._rng, is_partition=is_partition
        )

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
        mine = [
            v
            for v, level in zip(self.hand.values, self.hand.levels, strict=True)
            if level.tier == tier
        ]
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
        self._tell(Progress(tier, value, bound, gap, self.seconds))
