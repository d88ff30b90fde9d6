"""Bounds of a large problem by the duals of its relaxation, tier after tier.

A bound holds for whatever multipliers; so those found for one floor of the earlier tiers are told
anew for the floors of the plan in hand.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from scheduler.large.levels import Level
from scheduler.large.market import Market
from scheduler.large.program import Relaxation
from scheduler.large.region import Aim, Floor, Region
from scheduler.matrix import Floats
from scheduler.waiting import Stop

EXPECTED_GAP = 0.001  # between the plan in the end and the bound


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    region: Region
    duals: Floats


class Bounds:
    """What is known of each level, given what the earlier ones keep."""

    def __init__(
        self,
        market: Market,
        levels: Sequence[Level],
        left: Callable[[], float | None],
        stop: Stop,
    ) -> None:
        self._market, self._levels, self._left, self._stop = market, levels, left, stop
        self._found: dict[int, _Found] = {}
        self._slack = market.problem.policy.slack

    def find(self) -> None:
        """A bound of each level in turn, the earlier ones held where a good plan will hold them.

        The nearer to what it does hold, the better; but any multipliers serve all values.
        """
        near: list[int] = []
        for i in range(len(self._levels)):
            self._find(i, self._floors(i, near))
            bound = self.of(i, near)
            near.append(bound - math.ceil(EXPECTED_GAP * abs(bound)))

    def _floors(self, i: int, values: Sequence[int]) -> list[int]:
        return [
            value
            - math.floor(self._slack.get(level.tier, 0.0) * value + 1e-9)
            - level.extra  # a coach kept is no part of the rows
            for level, value in zip(self._levels[:i], values, strict=False)
        ]

    def _find(self, i: int, floors: Sequence[int]) -> None:
        if self._left() == 0.0 or self._stop():
            return
        market, level = self._market, self._levels[i]
        region = Region(
            market,
            market.empty(),
            np.ones(len(market.capacity), dtype=bool),
            np.ones(len(market.options), dtype=bool),
            Aim(level.place.astype(float), level.worth.astype(float)),
            [
                Floor(before.place.astype(float), before.worth.astype(float), low)
                for before, low in zip(self._levels, floors, strict=False)
            ],
        )
        relaxation = Relaxation(region.program)
        if relaxation.solve(self._left(), self._stop) is not None:
            self._found[i] = _Found(region, relaxation.duals())

    def of(self, i: int, values: Sequence[int]) -> int:
        """The bound of a level where the earlier ones have (the first of) these values."""
        level = self._levels[i]
        limit = bound = level.limit(self._market)
        found = self._found.get(i)
        if found is not None:
            program = found.region.program
            program.low[found.region.floor_rows] = self._floors(i, values)
            told = program.proven(found.duals) + level.extra
            if math.isfinite(told):
                bound = min(bound, math.floor(told + 1e-9 * abs(told) + 1e-6))
        bound -= bound % level.grain
        # A bound below a plan in hand is an error of an engine: not to be told.
        return bound if len(values) <= i or bound >= values[i] else limit
