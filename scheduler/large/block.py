"""Some groups by a program of their own, all else at prices: a closer bound than prices alone.

Prices know nothing of minimum sizes (H2), least of all where a quota lets few people in. So the
groups where that matters keep their rows, and the people who may come there choose between them
and, at the prices, all other groups. The relaxation's duals prove the bound, whatever they are.
"""

from __future__ import annotations

import numpy as np

from scheduler.large.clock import Clock
from scheduler.large.market import Market
from scheduler.large.prices import Prices
from scheduler.large.program import INFINITE, Program, Relaxation
from scheduler.large.region import Aim
from scheduler.matrix import Floats
from scheduler.ragged import Bools, Ints

MOST = 40_000  # options
NEAR = 1.0  # who would lose less than that by a group still wants it
SHARE = 0.1  # of the time left


def hard_groups(market: Market, prices: Prices, at: Floats, aim: Aim) -> Bools:
    """Groups (G,) without coaches that too few want at the prices ``at``, and, while they have at
    most ``MOST`` options, those under quotas."""
    person, group = market.options.participant, market.options.group
    gain, best = prices.gains(at, aim), prices.best(at, aim)
    several = market.max_groups[person] > 1
    wants = np.where(several, gain - aim.place[person] >= -NEAR, gain >= best[person] - NEAR)
    wanting = np.bincount(group[wants], minlength=len(market.capacity))
    found: Bools = ~market.coached & (market.min_size > 1) & (wanting < market.min_size)
    size = np.bincount(group[market.usable], minlength=len(market.capacity))
    for side in market.sides:
        if side.is_quota:
            more = found.copy()
            more[group[side.options]] = True
            more &= ~market.coached
            if size[more].sum() <= MOST:
                found = more
    return found if size[found].sum() <= MOST else np.zeros_like(found)


class Block:
    """The program of ``groups`` (G,) without coaches, and of all who may come there."""

    def __init__(self, market: Market, prices: Prices, at: Floats, aim: Aim, groups: Bools) -> None:
        self._market = market
        inside = groups[market.options.group]
        quotas = [
            i for i, side in enumerate(market.sides) if side.is_quota and inside[side.options].all()
        ]
        at = prices.without(at, groups, quotas)
        best = prices.best(at, aim, ~inside)
        gain = prices.gains(at, aim)
        self._options = np.flatnonzero(inside & np.isfinite(gain))
        self._people, self._of = np.unique(
            market.options.participant[self._options], return_inverse=True
        )
        self._several = market.max_groups[self._people] > 1
        self._place = aim.place[self._people]
        self.program = Program()
        # Who may have one group has it or what is best elsewhere.
        self._worth = gain - aim.place[market.options.participant]
        lost = np.where(self._several, 0.0, self._place - best[self._people])
        self._x = self.program.variables(
            self._worth[self._options] + lost[self._of], np.ones(len(self._options))
        )
        is_besides = np.ones(len(best), dtype=bool)
        is_besides[self._people[self._several]] = False
        self._besides = float(best[is_besides].sum()) + prices.limits(at)
        self._add_people(prices, at, aim, ~inside)
        self._add_groups()
        for i in quotas:
            self._add_quota(i)
        self.program.seal()

    def proven(self, clock: Clock) -> float | None:
        """What it proves of the aim's maximum over all plans; None where time was up."""
        relaxation = Relaxation(self.program)
        if relaxation.solve(clock.part(SHARE), clock.stop) is None:
            return None
        return self._besides + self.program.proven(relaxation.duals())

    def _add_people(self, prices: Prices, at: Floats, aim: Aim, outside: Bools) -> None:
        """H3; those who may have several groups may have others at the prices besides."""
        market, program = self._market, self.program
        most = market.max_groups[self._people]
        option, of = self._elsewhere(outside)
        e = program.variables(self._worth[option], np.ones(len(option)))
        people = np.flatnonzero(self._several)
        s = program.variables(self._place[people], np.ones(len(people)))
        twice = prices.twice(at, aim, outside)[self._people]
        both = np.flatnonzero((most == 2) & (twice > -self._place))
        t = program.variables(twice[both], np.ones(len(both)))
        spared = prices.spared(at)[self._people] * (most - 1)
        self._besides += float(spared[most > 2].sum())  # generous, as the prices are
        entries, columns = np.concatenate([self._of, of, both]), np.concatenate([self._x, e, t])
        sizes = np.concatenate([np.ones(len(self._x) + len(e)), np.full(len(t), 2.0)])
        program.rows(entries, columns, sizes, -INFINITE, most, len(most))
        position = np.full(len(most), -1)
        position[people] = np.arange(len(people))
        counted = self._several[entries]
        program.rows(
            np.concatenate([position[entries[counted]], np.arange(len(people))]),
            np.concatenate([columns[counted], s]),
            np.concatenate([-np.ones(int(counted.sum())), np.ones(len(s))]),
            -INFINITE,
            0.0,
            len(people),
        )
        self._add_measures(
            np.concatenate([self._options, option]),
            np.concatenate([self._of, of]),
            np.concatenate([self._x, e]),
        )

    def _add_measures(self, options: Ints, of: Ints, columns: Ints) -> None:
        """H4 of those who may have several groups."""
        measure = self._market.measure[self._market.options.group[options]]
        pair = of * (1 + int(measure.max(initial=0))) + measure
        _, pair, num = np.unique(pair, return_inverse=True, return_counts=True)
        counted = self._several[of] & (num[pair] > 1)
        _, rows = np.unique(pair[counted], return_inverse=True)
        num_rows = int(rows.max(initial=-1)) + 1
        self.program.rows(rows, columns[counted], 1.0, -INFINITE, 1.0, num_rows)

    def _elsewhere(self, outside: Bools) -> tuple[Ints, Ints]:
        """The best option of each measure outside, and the position of its person: of those who
        may have several groups, and are here."""
        market = self._market
        position = np.full(len(market.weight), -1)
        position[self._people[self._several]] = np.flatnonzero(self._several)
        of = position[market.options.participant]
        found = np.flatnonzero(outside & (of >= 0))
        found = found[self._worth[found] > -self._place[of[found]]]
        measure = market.measure[market.options.group[found]]
        found = found[np.lexsort((-self._worth[found], measure, of[found]))]
        pair = of[found] * (1 + int(market.measure.max(initial=0)))
        pair += market.measure[market.options.group[found]]
        found = found[np.unique(pair, return_index=True)[1]]
        return found, of[found]

    def _add_groups(self) -> None:
        """H1 and H2, as in a region."""
        market, program, x = self._market, self.program, self._x
        groups, of = np.unique(market.options.group[self._options], return_inverse=True)
        o = program.variables(np.zeros(len(groups)), np.ones(len(groups)))
        for size, low, high in (
            (market.capacity[groups], -INFINITE, 0.0),
            (market.min_size[groups], 0.0, INFINITE),
        ):
            program.rows(
                np.concatenate([of, np.arange(len(groups))]),
                np.concatenate([x, o]),
                np.concatenate([np.ones(len(x)), -size.astype(float)]),
                low,
                high,
                len(groups),
            )
        each = np.arange(len(x))
        ones = np.ones(len(x))
        program.rows(
            np.concatenate([each, each]),
            np.concatenate([x, o[of]]),
            np.concatenate([ones, -ones]),
            -INFINITE,
            0.0,
            len(x),
        )

    def _add_quota(self, i: int) -> None:
        side = self._market.sides[i]
        columns = self._x[np.searchsorted(self._options, side.options)]
        nothing = np.zeros(len(columns), dtype=np.int64)
        self.program.rows(nothing, columns, side.coefficients, -INFINITE, float(side.high), 1)
