"""Bounds of a large problem, tier after tier: by prices, by prices and a program of some groups, or
by the duals of its relaxation.

All hold whatever the multipliers are; so those found near one value of the earlier tiers are told
anew for the values of the plan in hand.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from scheduler.large.block import Block, hard_groups
from scheduler.large.clock import Clock
from scheduler.large.levels import Level, scales
from scheduler.large.market import Market
from scheduler.large.opening import Opening
from scheduler.large.prices import Paid
from scheduler.large.program import INFINITE, Relaxation
from scheduler.large.region import Aim, Region
from scheduler.large.smooth import Cooling
from scheduler.matrix import ROUNDING, Floats

EXPECTED_GAP = 0.001  # between the plan in the end and the bound
# How far below the first level's bound the second level is solved once more: there the first one
# costs it ever more.
LEAST_GAP = 0.0003
PRICED = 1000.0  # what the first level counts for where prices are sought
FIRST_COOLING = Cooling((8.0, 2.0, 0.5), 60)  # from prices of the search: nearly its aim
COOLING = Cooling((30.0, 8.0, 2.0, 0.5, 0.15), 120)  # of the second level
SHARE = 0.2  # of what an earlier level counts for in the search, as its multiplier
PRICES_SHARE = 0.6  # of the limit: by then prices must be found
WITHIN = 0.15 * PRICED  # what may be lost at an option that is still looked at

Told = Callable[[Sequence[int]], float]  # a bound, for floors of the earlier levels


@dataclass(frozen=True, slots=True, eq=False)
class _AtPrices:
    """The best prices found of a level, for an aim that counts it for ``size`` and the earlier
    levels by ``multipliers``."""

    at: Floats
    aim: Aim
    size: float
    multipliers: list[float]


class Bounds:
    """What is known of each level, given what the earlier ones keep."""

    def __init__(self, market: Market, levels: Sequence[Level], paid: Paid, clock: Clock) -> None:
        """``paid``: prices of the search, which prove something as they are."""
        self._market, self._levels, self._clock = market, levels, clock
        self._prices = paid.prices
        self._at_prices = {i: self._begun(i, paid.at) for i in self._priced()}
        self._told: dict[int, list[Told]] = {i: [self._proven(i)] for i in self._at_prices}

    def price(self, *levels: int) -> None:
        """Closer bounds by better prices, of these levels or of all: soon found, so that there are
        some where time ends the relaxation."""
        for i in levels or self._at_prices:
            if i in self._at_prices and not self._clock.is_over():
                self._at_prices[i] = self._refined(i)
                self._told[i].append(self._proven(i))

    def narrow(self, *levels: int) -> list[Opening]:
        """Closer bounds at the same prices, where the whole is too large to be relaxed, and which
        groups are open in the programs that prove them."""
        found: list[Opening] = []
        for i in levels or self._at_prices:
            if i not in self._at_prices or self._clock.is_over():
                continue
            near = self._at_prices[i]
            groups = hard_groups(self._market, self._prices, near.at, near.aim)
            if not groups.any():
                continue  # the prices prove as much
            block = Block(self._market, self._prices, near.at, near.aim, groups)
            relaxed = block.relaxed(self._clock)
            if relaxed is not None:
                most, opening = relaxed
                self._told[i].append(_less(most / near.size, near.multipliers))
                found.append(opening)
        return found

    def relax(self) -> None:
        """A bound of each level in turn, the earlier ones held where a good plan will hold them.

        The nearer to what it does hold, the better; but any multipliers serve all values.
        """
        near: list[int] = []
        for i, level in enumerate(self._levels):
            if self._clock.is_over():
                return
            if not level.counts:
                near.append(level.extra)  # the limit known beforehand is the bound
                continue
            self._told.setdefault(i, []).extend(self._relaxed(i, self._floors(i, near)))
            bound = self.of(i, near)
            if i == 1:
                least = self.of(0, ()) - math.ceil(LEAST_GAP * abs(near[0]))
                self._told[i].extend(self._relaxed(i, self._floors(i, [least])))
            near.append(bound - math.ceil(EXPECTED_GAP * abs(bound)))

    def _floors(self, i: int, best: Sequence[int]) -> list[int]:
        return [
            level.floor(value) - level.extra  # a coach kept is no part of the rows
            for level, value in zip(self._levels[:i], best, strict=False)
        ]

    def _relaxed(self, i: int, floors: Sequence[int]) -> list[Told]:
        region, relaxation = self._relaxation
        program, rows = region.program, region.floor_rows
        objective = program.coefficients_of(rows[i])
        relaxation.maximise(objective)
        for row, low in zip(rows, floors, strict=False):
            relaxation.keep(row, low)
        if relaxation.solve(self._clock.left(), self._clock.stop) is None:
            return []
        duals = relaxation.duals()

        def told(lows: Sequence[int]) -> float:
            # The program is the same for all levels: each sets every floor.
            program.low[rows] = -INFINITE
            program.low[rows[: len(lows)]] = lows
            return program.proven(duals, objective)

        return [told]

    @cached_property
    def _relaxation(self) -> tuple[Region, Relaxation]:
        """The whole, with a row for each level."""
        market = self._market
        region = Region(
            market,
            market.empty(),
            np.ones(len(market.capacity), dtype=bool),
            np.ones(len(market.options), dtype=bool),
            self._levels[0].aim,
            [level.aim for level in self._levels],
            is_bound=True,
        )
        return region, Relaxation(region.program)

    def _priced(self) -> list[int]:
        """The first two levels, those that count: later ones keep the limit known beforehand."""
        return [
            i
            for i, level in enumerate(self._levels[:2])
            if level.counts and all(scales(list(self._levels[: i + 1])))
        ]

    def _begun(self, i: int, at: Floats) -> _AtPrices:
        """A level's aim, and the prices of the search for it: they grow with what a place counts
        for."""
        level, share = self._levels[i], SHARE if i else 1.0
        factors = scales(list(self._levels[: i + 1]))
        multipliers = [share * factor / factors[i] for factor in factors[:i]]
        size = PRICED * factors[i]
        place, worth = level.place.astype(float), level.worth.astype(float)
        for multiplier, before in zip(multipliers, self._levels, strict=False):
            place = place + multiplier * before.place
            worth = worth + multiplier * before.worth
        return _AtPrices(share * at, Aim(size * place, size * worth), size, multipliers)

    def _refined(self, i: int) -> _AtPrices:
        near, share = self._at_prices[i], SHARE if i else 1.0
        cooling = COOLING.times(share) if i else FIRST_COOLING
        at = self._prices.refined(
            *(near.at, near.aim, cooling, self._should_stop),
            share * WITHIN,
            sees_twice=i > 0,
        )
        return replace(near, at=at)

    def _proven(self, i: int) -> Told:
        near = self._at_prices[i]
        return _less(self._prices.proven(near.at, near.aim) / near.size, near.multipliers)

    def _should_stop(self) -> bool:
        """Prices may be lowered for long, and true bounds are worth less than a plan."""
        clock = self._clock
        return clock.is_over() or (clock.may_decide and clock.is_past(PRICES_SHARE))

    def of(self, i: int, best: Sequence[int]) -> int:
        """The bound of a level where (the first of) these are the best values found."""
        level = self._levels[i]
        limit = bound = level.limit(self._market)
        for told in self._told.get(i, ()):
            most = told(self._floors(i, best)) + level.extra
            if math.isfinite(most):
                bound = min(bound, math.floor(most + 1e-9 * abs(most) + 1e-6))
        bound -= bound % level.grain
        # A bound below a plan in hand is an error of an engine: not to be told.
        return bound if len(best) <= i or bound >= best[i] else limit


def _less(most: float, multipliers: Sequence[float]) -> Told:
    """What is left of a sum of levels when the earlier ones take at least their floors."""

    def told(lows: Sequence[int]) -> float:
        taken = [m * low for m, low in zip(multipliers, lows, strict=True)]
        return most - sum(taken) + ROUNDING * (abs(most) + sum(map(abs, taken)))

    return told
