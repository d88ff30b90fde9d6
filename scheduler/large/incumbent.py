"""The best choice found so far: how choices compare, and what leads the search for better ones."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from scheduler.large.flow import placed_anew
from scheduler.large.levels import Level, levels, scales
from scheduler.large.market import Choice, Market
from scheduler.large.region import Aim
from scheduler.waiting import Stop

PLACE = 1000.0  # what the first level counts for in the sum that leads the search
MARGIN = 0.06 * PLACE  # what may be lost at an option that is still looked at
SMALLEST_SHARE, HALVINGS = -10.0, 6  # of what a level with slack counts for: a power of two


class Incumbent:
    """Choices compare level by level; ``aim`` sums the levels up, the earlier ones far heavier.

    Where slack is used ``aim`` may lead below a floor; ``sure_aim`` does not, as far as is known.
    """

    def __init__(self, market: Market) -> None:
        self._market = market
        self.levels = levels(market)
        self._factors, self._sure_factors = scales(self.levels), scales(self.levels)
        self.aim = self.sure_aim = self._aim(self._factors)
        self.choice = market.empty()
        self.values: list[int] = []
        self.unused_slack = [i for i, level in enumerate(self.levels[:-1]) if level.slack]
        self._best: dict[int, int] = {}  # of levels whose slack is used

    @property
    def best(self) -> list[int]:
        """The best value found of each level: more than the choice's own where slack was used."""
        return [self._best.get(i, value) for i, value in enumerate(self.values)]

    def take(self, choice: Choice) -> bool:
        """Keep the choice if it is better."""
        values = [level.of(self._market, choice) for level in self.levels]
        old, new = self._key(self.values), self._key(values)
        if self.values and new <= old:
            return False
        # What was best beside a worse earlier level is no measure any more.
        self._best = {
            i: values[i] if new[:i] > old[:i] else max(best, values[i])
            for i, best in self._best.items()
        }
        self.choice, self.values = choice, values
        return True

    def use_slack(self, is_over: Stop) -> None:
        """From now on the next level with slack need only keep its floor.

        It counts for as little as leaves it there when everybody is placed anew, or a bit less.
        """
        i = self.unused_slack.pop(0)
        self._best[i] = self.values[i]
        sure, whole = self._sure_factors, self._factors[i]
        few, enough = SMALLEST_SHARE, 0.0
        for _ in range(HALVINGS):
            if is_over():
                break
            exponent = (few + enough) / 2
            sure[i] = whole * 2**exponent
            found = placed_anew(self._market, self._aim(sure), self.choice)
            if found is not None and self._keeps_floors(found):
                enough = exponent
                self.take(found)
            else:
                few = exponent
        sure[i], self._factors[i] = whole * 2**enough, whole * 2**few
        self.sure_aim, self.aim = self._aim(sure), self._aim(self._factors)

    @property
    def floors(self) -> list[tuple[Level, int]]:
        """The levels whose slack is used, and how much of each is still to be given up."""
        return [
            (level, self.values[i] - level.floor(self._best[i]))
            for i, level in enumerate(self.levels)
            if i in self._best
        ]

    def _keeps_floors(self, choice: Choice) -> bool:
        levels = ((self.levels[i], best) for i, best in self._best.items())
        return all(level.of(self._market, choice) >= level.floor(best) for level, best in levels)

    def _key(self, values: Sequence[int]) -> list[int]:
        """What choices compare by: where slack is used, no more counts than must be kept."""
        floors = {i: self.levels[i].floor(best) for i, best in self._best.items()}
        return [min(value, floors.get(i, value)) for i, value in enumerate(values)]

    def _aim(self, factors: Sequence[float]) -> Aim:
        market = self._market
        place, worth = np.zeros(len(market.weight)), np.zeros(len(market.options))
        for factor, level in zip(factors, self.levels, strict=True):
            place += PLACE * factor * level.place
            worth += PLACE * factor * level.worth
        return Aim(place, worth)
