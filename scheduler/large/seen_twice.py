"""People whom one coach could see in two groups: H8 counts them once, prices count each group."""

from __future__ import annotations

import numpy as np

from scheduler.large.market import Market
from scheduler.matrix import Floats
from scheduler.ragged import Ints, Ragged, changes, second_best


class SeenTwice:
    """All ways to be seen: an option and a coach for it, of people who may have a coach twice."""

    def __init__(self, market: Market, options: Ints, owner: Ints, coach: Ints) -> None:
        """``options`` (O',): positions in the market's; ``owner``, ``coach`` (visits,): the class
        of each possible visit, ordered, and who makes it."""
        num = max(len(market.caseload), 1)
        vias, self._via = np.unique(owner * num + coach, return_inverse=True)
        classes = np.arange(len(market.class_group))
        start = np.searchsorted(vias // num, np.append(classes, len(classes)))
        may = np.zeros(len(market.max_groups), dtype=bool)
        may[market.twice_person] = True
        person, klass = market.options.participant[options], market.option_class[options]
        mine = np.flatnonzero((klass >= 0) & may[person])
        of, via = Ragged(start, np.arange(len(vias))).of_rows(klass[mine])
        of = mine[of]
        person, coach = person[of], vias[via] % num
        measure = market.measure[market.options.group[options[of]]]
        order = np.lexsort((measure, coach, person))
        self._option, self._of_via = of[order], via[order]
        pair, measure = (person * num + coach)[order], measure[order]
        new_pair = changes(pair)
        self._measures = np.flatnonzero(new_pair | changes(measure))
        self._pair_of = np.cumsum(new_pair)[self._measures] - 1
        self._pairs = np.flatnonzero(new_pair[self._measures])
        self._person, self._coach = np.divmod(pair[self._measures][self._pairs], num)

    def gains(self, gain: Floats, cost: Floats, people: Floats, num: int) -> Floats:
        """What two groups with one coach gain each of ``num`` people at most; -inf without any.

        ``gain`` (O',): of an option before its visit; ``cost`` (visits,): of each visit, the price
        of a person among it; ``people`` (C,): that price.
        """
        found = np.full(num, -np.inf)
        if len(self._option):
            least = np.full(int(self._via.max()) + 1, np.inf)
            np.minimum.at(least, self._via, cost)
            each = gain[self._option] - least[self._of_via]
            best = np.maximum.reduceat(each, self._measures)
            top = np.maximum.reduceat(best, self._pairs)
            second = second_best(best, top, self._pair_of, self._pairs)[0]
            np.maximum.at(found, self._person, top + second + people[self._coach])
        return found
