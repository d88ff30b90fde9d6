"""The tiers of the objective over the arrays of a market, one level or more each."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from scheduler.large.market import Choice, Market
from scheduler.large.region import Aim
from scheduler.objectives import floor_of
from scheduler.ragged import Ints
from scheduler.result import Value

SMALLEST = 1e-7  # of the first level: what is below is left to chance


@dataclass(frozen=True, slots=True, eq=False)
class Level:
    """Maximise ``place`` of persons with a group (P,) plus ``worth`` of options taken (O,).

    ``extra`` is what a plan can gain besides, one point for a coach who stays the same. ``slack``
    is the share of its best value that may be given up for later levels.
    """

    tier: str
    place: Ints
    worth: Ints
    extra: int = 0
    slack: float = 0.0

    @property
    def counts(self) -> bool:
        """Whether anybody's place or any option counts, ``extra`` aside."""
        return bool(self.place.any() or self.worth.any())

    @property
    def aim(self) -> Aim:
        """The level as what a program maximises, without ``extra``."""
        return Aim(self.place.astype(float), self.worth.astype(float))

    def floor(self, best: int) -> int:
        """What it must keep of its best value while later levels are optimised."""
        return floor_of(best, self.slack)

    @property
    def grain(self) -> int:
        """What all its values are multiples of."""
        both = np.concatenate([self.place, self.worth])
        return int(np.gcd.reduce(np.abs(both))) or 1 if not self.extra else 1

    def limit(self, market: Market) -> int:
        """A bound known beforehand: everybody the best they could have."""
        people = len(self.place)
        mine = market.options.participant
        best = np.zeros(people, dtype=np.int64)
        np.maximum.at(best, mine[market.usable], self.worth[market.usable])
        reachable = np.bincount(mine[market.usable], minlength=people)
        most = best * np.minimum(market.max_groups, reachable)
        return int(self.place[reachable > 0].sum() + most.sum()) + self.extra

    def of(self, market: Market, choice: Choice) -> int:
        """Its value for a plan."""
        placed = np.unique(market.options.participant[choice.taken])
        total = int(self.place[placed].sum() + self.worth[choice.taken].sum())
        if self.extra:
            coached = np.flatnonzero(choice.taken & (choice.unit >= 0))
            coach = market.unit_coach[choice.unit[coached]]
            total += int((coach == market.previous_coach[coached]).sum())
        return total


def levels(market: Market) -> list[Level]:
    """The levels of all tiers, in the policy's order."""
    options, policy = market.options, market.problem.policy
    nobody = np.zeros(len(market.weight), dtype=np.int64)
    nothing = np.zeros(len(options), dtype=np.int64)
    worst = max((w.rank for p in market.problem.participants for w in p.wishes), default=0)
    found: list[Level] = []
    for tier in policy.objective:
        slack = policy.slack.get(tier, 0.0)
        if tier == "served":
            found.append(Level(tier, market.weight, nothing, slack=slack))
        elif tier == "kept":
            same_coach = int((market.previous_coach >= 0).sum())
            kept = market.previous.astype(np.int64)
            found.append(Level(tier, nobody, kept, same_coach, slack))
        elif tier == "travel":
            found.append(Level(tier, nobody, -options.minutes))
        elif policy.wishes == "weighted":
            found.append(Level(tier, nobody, options.utility, slack=slack))
        else:
            ranks = [(options.rank == r).astype(np.int64) for r in range(1, worst + 1)]
            if policy.wishes == "generous":
                found += [Level(tier, nobody, -at) for at in ranks[:0:-1]]
                found += [Level(tier, nobody, at) for at in ranks[:1]]
            else:
                found += [Level(tier, nobody, at) for at in ranks]
    return found


def shown(market: Market, tier: str, numbers: list[int]) -> Value:
    """The levels' values or bounds of one tier as the tier's value."""
    if tier == "travel":
        return -numbers[0]
    if tier == "wishes" and market.problem.policy.wishes == "generous":
        return (*numbers[-1:], *(-n for n in reversed(numbers[:-1])))
    if tier == "wishes" and market.problem.policy.wishes != "weighted":
        return tuple(numbers)
    return numbers[0]


def scales(found: list[Level]) -> list[float]:
    """A factor a level, so that no exchange among few people trades an earlier for a later one.

    Plans are compared level by level all the same; the sum only leads the search.
    """
    factors = [1.0]
    for before, after in pairwise(found):
        most = max(int(np.abs(after.worth).max(initial=0)), int(after.place.max(initial=0)), 1)
        factors.append(factors[-1] * before.grain / (10 * most))
    return [factor if factor >= SMALLEST else 0.0 for factor in factors][: len(found)]
