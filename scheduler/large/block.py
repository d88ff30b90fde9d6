"""Some groups by a program of their own, all else at prices: a closer bound than prices alone.

Prices know nothing of minimum sizes (H2), least of all where a quota lets few people in. So the
groups where that matters keep their rows, and the people who may come there choose between them
and, at the prices, all other groups. The relaxation's duals prove the bound, whatever they are.
"""

from __future__ import annotations

import numpy as np

from scheduler.large.clock import Clock
from scheduler.large.market import Market
from scheduler.large.opening import Opening
from scheduler.large.prices import Prices
from scheduler.large.program import INFINITE, Program, Relaxation
from scheduler.large.region import Aim
from scheduler.matrix import Floats
from scheduler.ragged import Bools, Ints

MOST = 40_000  # options
NEAR = 1.0  # who would lose less than that by a group, as the aim counts, still wants it
SHARE = 0.1  # of the time left


def hard_groups(market: Market, prices: Prices, at: Floats, aim: Aim) -> Bools:
    """Groups (G,) without coaches that too few want at the prices ``at``, and those of quotas
    without coaches, while all have at most ``MOST`` options."""
    person, group = market.options.participant, market.options.group
    gain, best = prices.gains(at, aim), prices.best(at, aim)
    several = market.max_groups[person] > 1
    wants = np.where(several, gain - aim.place[person] >= -NEAR, gain >= best[person] - NEAR)
    wanting = np.bincount(group[wants], minlength=len(market.capacity))
    size = np.bincount(group[market.usable], minlength=len(market.capacity))
    lacking = ~market.coached & (market.min_size > 1) & (wanting < market.min_size)
    rest = np.flatnonzero(lacking)
    rest = rest[np.argsort(size[rest], kind="stable")]
    found = np.zeros(len(size), dtype=bool)
    found[rest[np.cumsum(size[rest]) <= MOST]] = True
    for side in market.sides:
        if side.is_quota and not market.coached[group[side.options]].any():
            more = found.copy()
            more[group[side.options]] = True
            if size[more].sum() <= MOST:
                found = more
    return found


class Block:
    """The program of ``groups`` (G,) without coaches, and of all who may come there."""

    def __init__(self, market: Market, prices: Prices, at: Floats, aim: Aim, groups: Bools) -> None:
        """All else is at the prices ``at``; ``aim`` is what its bound is of."""
        self._market, self._groups = market, groups
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
        self._worth = gain - aim.place[market.options.participant]
        # Who may have one group has it or what is best elsewhere.
        lost = np.where(self._several, 0.0, self._place - best[self._people])
        self._x = self.program.variables(
            self._worth[self._options] + lost[self._of], np.ones(len(self._options))
        )
        is_besides = np.ones(len(best), dtype=bool)
        is_besides[self._people[self._several]] = False
        self._besides = float(best[is_besides].sum()) + prices.limits(at, aim)
        self._add_people(prices, at, aim, ~inside)
        self._add_groups()
        for i in quotas:
            self._add_quota(i)
        self.program.seal()

    def relaxed(self, clock: Clock) -> tuple[float, Opening] | None:
        """What it proves of the aim's maximum over all plans, and which of its groups are more open
        than closed in the relaxation; None where time was up."""
        relaxation = Relaxation(self.program)
        values = relaxation.solve(clock.part(SHARE), clock.stop)
        if values is None:
            return None
        are_open = np.zeros(len(self._groups), dtype=bool)
        are_open[self._opened_groups] = values[self._opened] > 0.5
        are_open |= self._groups & (self._market.min_size <= 1)  # closing them gains nothing
        most = self._besides + self.program.proven(relaxation.duals())
        return most, Opening(self._groups, are_open)

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
        alone = np.full(len(most), -1)
        alone[both] = t
        self._add_measures(
            np.concatenate([self._options, option]),
            np.concatenate([self._of, of]),
            np.concatenate([self._x, e]),
            alone,
        )

    def _add_measures(self, options: Ints, of: Ints, columns: Ints, alone: Ints) -> None:
        """H4 of those who may have several groups; ``alone`` is the variable of each person that
        leaves room for no group besides, -1 without."""
        measure = self._market.measure[self._market.options.group[options]]
        measures = 1 + int(measure.max(initial=0))
        pairs, pair, num = np.unique(
            of * measures + measure, return_inverse=True, return_counts=True
        )
        person = pairs // measures
        row = np.full(len(pairs), -1)
        is_row = self._several[person] & ((num > 1) | (alone[person] >= 0))
        row[is_row] = np.arange(int(is_row.sum()))
        counted, with_alone = row[pair] >= 0, np.flatnonzero(is_row & (alone[person] >= 0))
        self.program.rows(
            np.concatenate([row[pair[counted]], row[with_alone]]),
            np.concatenate([columns[counted], alone[person[with_alone]]]),
            1.0,
            -INFINITE,
            1.0,
            int(is_row.sum()),
        )

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
        """H1 and H2, with a variable for each group."""
        market, program, x = self._market, self.program, self._x
        groups, of = np.unique(market.options.group[self._options], return_inverse=True)
        o = program.variables(np.zeros(len(groups)), np.ones(len(groups)))
        self._opened_groups, self._opened = groups, o
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
