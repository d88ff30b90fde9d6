"""People whom one coach could see in two groups: H8 counts them once, prices count each group."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from scheduler.large.market import Market
from scheduler.large.smooth import best_of, best_two_of
from scheduler.matrix import Floats
from scheduler.ragged import Ints, Ragged, changes, second_best


@dataclass(frozen=True, slots=True, eq=False)
class SmoothPairs:
    """What two groups of each ``person`` with one ``coach`` (pairs,) ``gain``, smoothed.

    ``taken`` says how often options (O',) are taken and visits (visits,) made where pairs are
    chosen so often (pairs,).
    """

    person: Ints
    coach: Ints
    gain: Floats
    taken: Callable[[Floats], tuple[Floats, Floats]]


class SeenTwice:
    """Ways to be seen: an option and a coach for it, of people who may have a coach twice."""

    def __init__(self, via: Ints, ways: Ints) -> None:
        """``via`` (visits,): the class and coach of each possible visit, as one number; ``ways``
        (5, W): option, via, person, coach and measure of each, ordered by the last three."""
        self._all_via, self._ways = via, ways
        self.options: Ints = ways[0]  # of each way
        of_via, person, coach, measure = ways[1:]
        vias, self._of_via = np.unique(of_via, return_inverse=True)
        visits = np.flatnonzero(np.isin(via, vias))
        self._visits = visits[np.argsort(via[visits], kind="stable")]
        self._via_start = np.searchsorted(via[self._visits], vias)
        self._via = np.searchsorted(vias, via[self._visits])
        new_pair = changes(person) | changes(coach)
        new = new_pair | changes(measure)
        self._measures, self._measure = np.flatnonzero(new), np.cumsum(new) - 1
        self._pair_of = np.cumsum(new_pair)[self._measures] - 1
        self._pairs = np.flatnonzero(new_pair[self._measures])
        first = self._measures[self._pairs]
        self.person, self.coach = person[first], coach[first]

    @classmethod
    def of(cls, market: Market, options: Ints, owner: Ints, coach: Ints) -> SeenTwice:
        """All of them. ``options`` (O',): positions in the market's; ``owner``, ``coach``
        (visits,): the class of each possible visit, ordered, and who makes it."""
        num = max(len(market.caseload), 1)
        vias, via_of_visit = np.unique(owner * num + coach, return_inverse=True)
        classes = np.arange(len(market.class_group))
        start = np.searchsorted(vias // num, np.append(classes, len(classes)))
        may = np.zeros(len(market.max_groups), dtype=bool)
        may[market.twice_person] = True
        person, klass = market.options.participant[options], market.option_class[options]
        mine = np.flatnonzero((klass >= 0) & may[person])
        of, via = Ragged(start, np.arange(len(vias))).of_rows(klass[mine])
        of = mine[of]
        measure = market.measure[market.options.group[options[of]]]
        person, coach = person[of], vias[via] % num
        order = np.lexsort((measure, coach, person))
        return cls(via_of_visit, np.array([of, via, person, coach, measure])[:, order])

    def moved(self, position: Ints) -> SeenTwice:
        """The same where options stand at a new ``position`` (O',)."""
        return SeenTwice(self._all_via, np.vstack([position[self.options], self._ways[1:]]))

    def near(self, least: Floats, gain: Floats, cost: Floats, people: Floats) -> SeenTwice:
        """Those ways whose person (P,) gains at least so much with two groups of one coach."""
        found = self._gains(gain, cost, people) >= least[self.person]
        return SeenTwice(self._all_via, self._ways[:, found[self._pair_of][self._measure]])

    def gains(self, gain: Floats, cost: Floats, people: Floats, num: int) -> Floats:
        """What two groups with one coach gain each of ``num`` people at most; -inf without any.

        ``gain`` (O',): of an option before its visit; ``cost`` (visits,): of each visit, the price
        of a person among it; ``people`` (C,): that price.
        """
        found = np.full(num, -np.inf)
        np.maximum.at(found, self.person, self._gains(gain, cost, people))
        return found

    def _gains(self, gain: Floats, cost: Floats, people: Floats) -> Floats:
        """The same of each person and coach (pairs,)."""
        if not len(self._pairs):
            return np.zeros(0)
        least = np.minimum.reduceat(cost[self._visits], self._via_start)
        each = gain[self.options] - least[self._of_via]
        best = np.maximum.reduceat(each, self._measures)
        top = np.maximum.reduceat(best, self._pairs)
        second = second_best(best, top, self._pair_of, self._pairs)[0]
        found: Floats = top + second + people[self.coach]
        return found

    def smooth(self, gain: Floats, cost: Floats, people: Floats, beta: float) -> SmoothPairs:
        """The same of each person and coach, smoothed at a temperature."""
        less, in_via = best_of(-cost[self._visits], self._via, self._via_start, beta)
        each = gain[self.options] + less[self._of_via]
        best, in_measure = best_of(each, self._measure, self._measures, beta)
        both, in_both = best_two_of(best, self._pair_of, self._pairs, beta)
        share, pair = in_both[self._measure] * in_measure, self._pair_of[self._measure]

        def taken(chosen: Floats) -> tuple[Floats, Floats]:
            way = chosen[pair] * share
            made = np.bincount(self._of_via, way)[self._via] * in_via
            options, visits = np.zeros(len(gain)), np.zeros(len(cost))
            np.add.at(options, self.options, way)
            visits[self._visits] = made
            return options, visits

        return SmoothPairs(self.person, self.coach, both + people[self.coach], taken)
