"""The rows of coaches in a program of some options: H7 to H10."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from scheduler.large.market import ALWAYS, Choice, Market
from scheduler.large.program import INFINITE, Program
from scheduler.matrix import Floats
from scheduler.ragged import Bools, Ints

Variables = Callable[[Floats | Ints, Floats | Ints], Ints]  # objective, upper: positions


class CoachRows:
    """The variables ``n``, visits of ``visit_class`` in ``visit_unit``, and what limits them.

    ``again``, of a bound: how often people ``again_person`` are seen by one coach besides once.
    """

    def __init__(
        self,
        market: Market,
        program: Program,
        variables: Variables,
        kept: Choice,
        options: Ints,
        x: Ints,
        held: Bools,
        venues: Ints,
        *,
        is_bound: bool,
    ) -> None:
        """``kept``: the plan that stays; ``x`` the variables of ``options``; coaches who are
        ``held`` (C,) make no visit more; units stay at their ``venues`` (U,), where these are not
        -1; a bound counts each person of a coach once (H8)."""
        self._market, self._program, self._variables = market, program, variables
        self._kept, self._options, self._x = kept, options, x
        self._held, self._venues, self._is_bound = held, venues, is_bound
        self._add_visits()

    def _add_visits(self) -> None:
        market, program = self._market, self._program
        klass = market.option_class[self._options]
        coached = np.flatnonzero(klass >= 0)
        classes, of = np.unique(klass[coached], return_inverse=True)
        owner, unit = market.class_units.of_rows(classes)
        group = market.class_group[classes][owner]
        length = market.visit_minutes[group]
        self._left = left = market.left_by(self._kept)
        room = left.unit_minutes[unit]
        stays = (self._venues[unit] < 0) | (self._venues[unit] == market.venue[group])
        most = np.where(length > 0, room // np.maximum(length, 1), market.capacity[group])
        most = np.minimum(np.minimum(most, market.capacity[group]), np.where(stays, ALWAYS, 0))
        open_ = (most > 0) & ~self._held[market.unit_coach[unit]]
        owner, unit, group = owner[open_], unit[open_], group[open_]
        length, most = length[open_], most[open_]
        coach = market.unit_coach[unit]
        n = self._variables(np.zeros(len(unit)), most)
        self.visit_class, self.visit_unit, self.n = classes[owner], unit, n
        program.rows(
            np.concatenate([of, owner]),
            np.concatenate([self._x[coached], n]),
            np.concatenate([np.ones(len(of)), -np.ones(len(n))]),
            0.0,
            0.0,
            len(classes),
        )
        coaches, of_coach = np.unique(coach, return_inverse=True)
        rows, columns, values = of_coach, n, np.ones(len(n))
        if self._is_bound:
            again, coach_again = self._add_again(coached)
            is_here = np.isin(coach_again, coaches)  # not so where all groups have no place
            again, coach_again = again[is_here], coach_again[is_here]
            position = np.searchsorted(coaches, coach_again)
            rows, columns = np.concatenate([rows, position]), np.concatenate([columns, again])
            values = np.concatenate([values, -np.ones(len(again))])
        program.rows(rows, columns, values, -INFINITE, left.caseload[coaches], len(coaches))
        self._add_minutes(of_coach, n, length, left.coach_minutes[coaches], None)
        self._add_venues(unit, group, length, most, n)

    def _add_again(self, coached: Ints) -> tuple[Ints, Ints]:
        """Visits of people whom the coach already sees in another group.

        Somebody with k <= m groups of one coach is seen k - 1 times again, and
        m (k - 1) <= (m - 1) k.
        """
        market = self._market
        person, coach = market.twice_person, market.twice_coach
        most = market.max_groups[person]
        self.again_person = person
        self.again = again = self._variables(np.zeros(len(person)), most - 1)
        people, of = np.unique(person, return_inverse=True)
        position = np.full(len(market.max_groups), -1)
        position[people] = np.arange(len(people))
        mine = position[market.options.participant[self._options[coached]]]
        counted = np.flatnonzero(mine >= 0)
        share = market.max_groups[people] - 1
        self._program.rows(
            np.concatenate([of, mine[counted]]),
            np.concatenate([again, self._x[coached[counted]]]),
            np.concatenate([most.astype(float), -share[mine[counted]].astype(float)]),
            -INFINITE,
            0.0,
            len(people),
        )
        return again, coach

    def _add_venues(self, unit: Ints, group: Ints, length: Ints, most: Ints, n: Ints) -> None:
        """H9 and H10 of each unit: where the coach is, and what fits in there."""
        market, program = self._market, self._program
        places = int(market.venue.max(initial=0)) + 1
        where, of = np.unique(unit * places + market.venue[group], return_inverse=True)
        of_unit = where // places
        units, row = np.unique(of_unit, return_inverse=True)
        there = self._variables(np.zeros(len(where)), np.ones(len(where)))
        self.there, self.there_unit, self.there_venue = there, of_unit, where % places
        program.rows(row, there, 1.0, -INFINITE, 1.0, len(units))
        self._add_minutes(of, n, length, self._left.unit_minutes[of_unit], there)
        pair, of_pair = np.unique(of * len(market.venue) + group, return_inverse=True)
        least = np.zeros(len(pair))
        np.maximum.at(least, of_pair, most)
        place = there[pair // len(market.venue)]
        program.rows(
            np.concatenate([of_pair, np.arange(len(pair))]),
            np.concatenate([n, place]),
            np.concatenate([np.ones(len(n)), -least]),
            -INFINITE,
            0.0,
            len(pair),
        )

    def _add_minutes(self, of: Ints, n: Ints, length: Ints, room: Ints, there: Ints | None) -> None:
        """Sum of length x n <= room (x there), and the same rounded down by each length."""
        for divisor in (1, *np.unique(length[length > 1]).tolist()):
            share = length // divisor
            counted = np.flatnonzero(share > 0)
            rows, row = np.unique(of[counted], return_inverse=True)
            most = (room[rows] // divisor).astype(float)
            columns, values = n[counted], share[counted].astype(float)
            if there is None:
                self._program.rows(row, columns, values, -INFINITE, most, len(rows))
                continue
            self._program.rows(
                np.concatenate([row, np.arange(len(rows))]),
                np.concatenate([columns, there[rows]]),
                np.concatenate([values, -most]),
                -INFINITE,
                0.0,
                len(rows),
            )
