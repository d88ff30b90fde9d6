"""One region of a large problem as a program: some groups are filled anew, all else stands still.

The rows are those of ../README.md, in the tighter form of two of them: H2 says of each person
that nobody is in a group that is not open, and a window at one venue (H10) takes no more visits
of a group than the group has places and the window has room for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from scheduler.large.claim import Claim
from scheduler.large.market import ALWAYS, Choice, Market
from scheduler.large.program import INFINITE, Program
from scheduler.matrix import Floats
from scheduler.ragged import Bools, Ints


@dataclass(frozen=True, slots=True, eq=False)
class Floor:
    """At least ``low`` of what persons with a group (P,) and options (O,) are worth."""

    place: Floats
    worth: Floats
    low: float


@dataclass(frozen=True, slots=True, eq=False)
class Aim:
    """What a program maximises: ``place`` for a person with a group (P,), ``worth`` an option (O,).

    ``elsewhere`` (P,), where given, is what a person who gets no group here is worth elsewhere.
    """

    place: Floats
    worth: Floats
    elsewhere: Floats | None = None


class Region:
    """The program of some options, and the way from its values back to a choice.

    ``follows`` (variables,) marks those that others decide: who is served, who is left elsewhere.
    """

    def __init__(
        self,
        market: Market,
        choice: Choice,
        groups: Bools,
        considered: Bools,
        aim: Aim,
        floors: Sequence[Floor] = (),
        *,
        is_bound: bool = False,
        held: Claim | None = None,
    ) -> None:
        """A bound counts each person of a coach once (H8); a plan may be stricter.

        ``groups`` (G,) are emptied; ``considered`` (O,) are the options that may fill them. What is
        ``held`` stays as it is."""
        self.market, self.choice, self.aim = market, choice, aim
        self._held = held or Claim.of_nothing(market)
        self._is_bound = is_bound
        options = market.options
        self._groups = groups & ~self._held.groups
        inside = self._groups[options.group]
        stays = self._staying(inside)[options.participant]
        self.kept = choice.taken & ~(inside & ~stays)
        considered = considered & ~stays & (~self._in_held_sides() | choice.taken)
        self.program = Program()
        self._follows: list[Bools] = []
        left = market.max_groups - np.bincount(
            options.participant[self.kept], minlength=len(market.max_groups)
        )
        self.left = left
        self.options = np.flatnonzero(
            (considered & market.usable & inside & (left[options.participant] > 0))
            | (choice.taken & ~self.kept)
        )
        self.options = self.options[~self._clash_with_kept(self.options)]
        self.p, self.g = options.participant[self.options], options.group[self.options]
        self._add_people(floors)
        self._add_groups()
        self._add_visits()
        self._add_sides()
        self.floor_rows = [self._add_floor(floor) for floor in floors]
        self.program.seal()
        self.follows = np.concatenate(self._follows)

    def _staying(self, inside: Bools) -> Bools:
        """People (P,) who are held, or whose coach is."""
        market = self.market
        visited = np.flatnonzero(inside & self.choice.taken & (self.choice.unit >= 0))
        is_held = self._held.coaches[market.unit_coach[self.choice.unit[visited]]]
        found = self._held.people.copy()
        found[market.options.participant[visited[is_held]]] = True
        return found

    def _in_held_sides(self) -> Bools:
        found = np.zeros(len(self.market.options), dtype=bool)
        for i in np.flatnonzero(self._held.sides).tolist():
            found[self.market.sides[i].options] = True
        return found

    @property
    def claim(self) -> Claim:
        """What the region may change, and what that depends on."""
        market = self.market
        found = replace(Claim.of_nothing(market), groups=self._groups, sides=self._touched)
        found.people[self.p] = True
        found.coaches[market.unit_coach[self.visit_unit]] = True
        for i in np.flatnonzero(self._touched).tolist():
            if len(market.sides[i].options) == 2:  # a pair moves together
                found.people[market.options.participant[market.sides[i].options]] = True
        return found

    def _variables(
        self, objective: Floats | Ints, upper: Floats | Ints, *, follows: bool = False
    ) -> Ints:
        self._follows.append(np.full(len(objective), follows))
        return self.program.variables(objective, upper)

    # -- people: H3 to H6 -------------------------------------------------------------------

    def _clash_with_kept(self, found: Ints) -> Bools:
        """Which options a group that somebody keeps excludes: H4, H5, H6."""
        market, options = self.market, self.market.options
        excluded = np.zeros(len(found), dtype=bool)
        held = np.flatnonzero(self.kept)
        people = options.participant[held]
        mine = np.isin(options.participant[found], people)
        for i in np.flatnonzero(mine & ~self.choice.taken[found]).tolist():
            p, g = int(options.participant[found[i]]), int(options.group[found[i]])
            own = options.group[held[people == p]]
            excluded[i] = bool(
                (market.measure[own] == market.measure[g]).any() or market.clashing[own, g].any()
            ) or market.too_long(p, [*own.tolist(), g])
        return excluded

    def _add_people(self, floors: Sequence[Floor]) -> None:
        market, program, aim = self.market, self.program, self.aim
        people, of = np.unique(self.p, return_inverse=True)
        left = self.left[people]
        has_place = (
            np.bincount(market.options.participant[self.kept], minlength=len(market.max_groups)) > 0
        )
        place = np.where(has_place[people], 0.0, aim.place[people])
        several = left > 1
        single = ~several[of]
        self._single = single
        worth = aim.worth[self.options] + np.where(single, place[of], 0.0)
        self.x = self._variables(worth, np.ones(len(of)))
        program.rows(of, self.x, 1.0, -INFINITE, left, len(people))
        places = [place, *(floor.place[people] for floor in floors)]
        served = np.flatnonzero(several & (np.max(places, axis=0) > 0))
        s = self._variables(place[served], np.ones(len(served)), follows=True)
        self._served, self._served_people = s, people[served]
        position = np.full(len(people), -1)
        position[served] = np.arange(len(served))
        counted = np.flatnonzero(position[of] >= 0)
        program.rows(
            np.concatenate([position[of[counted]], np.arange(len(served))]),
            np.concatenate([self.x[counted], s]),
            np.concatenate([-np.ones(len(counted)), np.ones(len(served))]),
            -INFINITE,
            0.0,
            len(served),
        )
        if aim.elsewhere is not None:
            self._add_elsewhere(aim.elsewhere[people], of, left, served)
        self._add_pairs(of, several)

    def _add_elsewhere(self, worth: Floats, of: Ints, left: Ints, served: Ints) -> None:
        """Who takes nothing here may be left to other regions."""
        people = np.arange(len(worth))
        gone = self._variables(np.maximum(worth, 0.0), np.ones(len(worth)), follows=True)
        self.program.rows(
            np.concatenate([of, people]),
            np.concatenate([self.x, gone]),
            np.concatenate([np.ones(len(of)), left.astype(float)]),
            -INFINITE,
            left,
            len(people),
        )
        both = np.arange(len(served))
        columns = np.concatenate([self._served, gone[served]])
        rows = np.concatenate([both, both])
        self.program.rows(rows, columns, 1.0, -INFINITE, 1.0, len(served))

    def _add_pairs(self, of: Ints, several: Bools) -> None:
        """H4 to H6 for people who may have several groups."""
        market = self.market
        counted = np.flatnonzero(several[of])
        owner = of[counted] * (1 + int(market.measure.max(initial=0)))
        _, row = np.unique(owner + market.measure[self.g[counted]], return_inverse=True)
        num = int(row.max(initial=-1)) + 1
        self.program.rows(row, self.x[counted], 1.0, -INFINITE, 1.0, num)
        cliques: list[list[int]] = []
        for mine in np.split(counted, np.flatnonzero(np.diff(of[counted])) + 1):
            if len(mine) > 1:
                cliques += _cliques(mine, market.clashing[np.ix_(self.g[mine], self.g[mine])])
                self._add_weeks(mine)
        if cliques:
            rows = np.repeat(np.arange(len(cliques)), [len(clique) for clique in cliques])
            columns = np.array([x for clique in cliques for x in clique])
            self.program.rows(rows, self.x[columns], 1.0, -INFINITE, 1.0, len(cliques))

    def _add_weeks(self, mine: Ints) -> None:
        limit = int(self.market.week_limit[self.p[mine[0]]])
        if limit >= ALWAYS:
            return
        weeks: dict[tuple[int, int], list[tuple[int, int]]] = {}
        for i in mine.tolist():
            for week, minutes in self.market.week_minutes[self.g[i]].items():
                weeks.setdefault(week, []).append((i, minutes))
        for terms in {tuple(terms) for terms in weeks.values()}:
            if sum(minutes for _, minutes in terms) > limit:
                columns = np.array([i for i, _ in terms])
                values = np.array([minutes for _, minutes in terms], dtype=float)
                rows = np.zeros(len(columns), dtype=np.int64)
                self.program.rows(rows, self.x[columns], values, -INFINITE, limit, 1)

    # -- groups: H1, H2 ---------------------------------------------------------------------

    def _add_groups(self) -> None:
        market, program = self.market, self.program
        groups, of = np.unique(self.g, return_inverse=True)
        capacity, least = market.capacity[groups], market.min_size[groups]
        kept = np.bincount(market.options.group[self.kept], minlength=len(market.capacity))[groups]
        program.rows(of, self.x, 1.0, -INFINITE, capacity - kept, len(groups))
        small = np.flatnonzero(least > 1)
        opened = self._variables(np.zeros(len(small)), np.ones(len(small)))
        position = np.full(len(groups), -1)
        position[small] = np.arange(len(small))
        counted = np.flatnonzero(position[of] >= 0)
        row = position[of[counted]]
        for size, low, high in (
            (least[small], -kept[small], INFINITE),
            (capacity[small], -INFINITE, -kept[small]),
        ):
            program.rows(
                np.concatenate([row, np.arange(len(small))]),
                np.concatenate([self.x[counted], opened]),
                np.concatenate([np.ones(len(counted)), -size.astype(float)]),
                low,
                high,
                len(small),
            )
        each = np.arange(len(counted))
        program.rows(
            np.concatenate([each, each]),
            np.concatenate([self.x[counted], opened[row]]),
            np.concatenate([np.ones(len(counted)), -np.ones(len(counted))]),
            -INFINITE,
            0.0,
            len(counted),
        )

    # -- coaches: H7 to H10 -----------------------------------------------------------------

    def _add_visits(self) -> None:
        market, program = self.market, self.program
        klass = market.option_class[self.options]
        coached = np.flatnonzero(klass >= 0)
        classes, of = np.unique(klass[coached], return_inverse=True)
        owner, unit = market.class_units.of_rows(classes)
        group = market.class_group[classes][owner]
        length = market.visit_minutes[group]
        self._load()
        room = self.unit_left[unit]
        stays = (self.unit_venue[unit] < 0) | (self.unit_venue[unit] == market.venue[group])
        most = np.where(length > 0, room // np.maximum(length, 1), market.capacity[group])
        most = np.minimum(np.minimum(most, market.capacity[group]), np.where(stays, ALWAYS, 0))
        open_ = (most > 0) & ~self._held.coaches[market.unit_coach[unit]]
        owner, unit, group = owner[open_], unit[open_], group[open_]
        length, most = length[open_], most[open_]
        coach = market.unit_coach[unit]
        n = self._variables(np.zeros(len(unit)), most)
        self.visit_class, self.visit_unit, self.n = classes[owner], unit, n
        program.rows(
            np.concatenate([of, owner]),
            np.concatenate([self.x[coached], n]),
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
        program.rows(rows, columns, values, -INFINITE, self.people_left[coaches], len(coaches))
        self._add_minutes(of_coach, n, length, self.minutes_left[coaches], None)
        self._add_venues(unit, group, length, most, n)

    def _add_again(self, coached: Ints) -> tuple[Ints, Ints]:
        """Visits of people whom the coach already sees in another group.

        Somebody with k <= m groups of one coach is seen k - 1 times again, and
        m (k - 1) <= (m - 1) k.
        """
        market = self.market
        person, coach = market.twice_person, market.twice_coach
        most = market.max_groups[person]
        again = self._variables(np.zeros(len(person)), most - 1)
        people, of = np.unique(person, return_inverse=True)
        position = np.full(len(market.max_groups), -1)
        position[people] = np.arange(len(people))
        mine = position[self.p[coached]]
        counted = np.flatnonzero(mine >= 0)
        share = market.max_groups[people] - 1
        self.program.rows(
            np.concatenate([of, mine[counted]]),
            np.concatenate([again, self.x[coached[counted]]]),
            np.concatenate([most.astype(float), -share[mine[counted]].astype(float)]),
            -INFINITE,
            0.0,
            len(people),
        )
        return again, coach

    def _load(self) -> None:
        """What the visits that stay leave of each coach and unit."""
        market, options = self.market, self.market.options
        self.unit_left = market.unit_minutes.copy()
        self.unit_venue = np.full(len(market.unit_minutes), -1)
        self.people_left, self.minutes_left = market.caseload.copy(), market.coach_minutes.copy()
        seen: set[tuple[int, int]] = set()
        for o in np.flatnonzero(self.kept & (self.choice.unit >= 0)).tolist():
            u, g = int(self.choice.unit[o]), int(options.group[o])
            c, minutes = int(market.unit_coach[u]), int(market.visit_minutes[g])
            self.unit_left[u] -= minutes
            self.unit_venue[u] = market.venue[g]
            self.minutes_left[c] -= minutes
            if (int(options.participant[o]), c) not in seen:
                seen.add((int(options.participant[o]), c))
                self.people_left[c] -= 1

    def _add_venues(self, unit: Ints, group: Ints, length: Ints, most: Ints, n: Ints) -> None:
        """H9 and H10 of each unit: where the coach is, and what fits in there."""
        market, program = self.market, self.program
        places = int(market.venue.max(initial=0)) + 1
        where, of = np.unique(unit * places + market.venue[group], return_inverse=True)
        of_unit = where // places
        units, row = np.unique(of_unit, return_inverse=True)
        there = self._variables(np.zeros(len(where)), np.ones(len(where)))
        program.rows(row, there, 1.0, -INFINITE, 1.0, len(units))
        self._add_minutes(of, n, length, self.unit_left[of_unit], there)
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
                self.program.rows(row, columns, values, -INFINITE, most, len(rows))
                continue
            self.program.rows(
                np.concatenate([row, np.arange(len(rows))]),
                np.concatenate([columns, there[rows]]),
                np.concatenate([values, -most]),
                -INFINITE,
                0.0,
                len(rows),
            )

    # -- H11 to H14 -------------------------------------------------------------------------

    def _add_sides(self) -> None:
        position = np.full(len(self.market.options), -1)
        position[self.options] = np.arange(len(self.options))
        self._touched = np.zeros(len(self.market.sides), dtype=bool)
        for i, side in enumerate(self.market.sides):
            here = position[side.options]
            inside = here >= 0
            if not inside.any():
                continue
            self._touched[i] = True
            used = int(side.coefficients[~inside] @ self.kept[side.options[~inside]])
            self.program.rows(
                np.zeros(int(inside.sum()), dtype=np.int64),
                self.x[here[inside]],
                side.coefficients[inside],
                side.low - used,
                side.high - used,
                1,
            )

    # -- floors and back --------------------------------------------------------------------

    def _add_floor(self, floor: Floor) -> int:
        """For a region of everything, in which nothing is kept."""
        worth = floor.worth[self.options] + np.where(self._single, floor.place[self.p], 0.0)
        place = floor.place[self._served_people]
        columns = np.concatenate([self.x, self._served])
        values = np.concatenate([worth, place])
        used = np.flatnonzero(values)
        rows = np.zeros(len(used), dtype=np.int64)
        self.program.rows(rows, columns[used], values[used], floor.low, INFINITE, 1)
        return self.program.num_rows - 1

    def chosen(self, values: Floats, choice: Choice | None = None) -> Choice:
        """The whole choice with this region as the (whole) values say.

        ``choice``: what the plan has become meanwhile outside of the region."""
        market, choice = self.market, choice or self.choice
        taken, unit = choice.taken.copy(), choice.unit.copy()
        taken[self.options], unit[self.options] = False, -1
        mine = self.options[values[self.x] > 0.5]
        taken[mine] = True
        klass = market.option_class[mine]
        counts = np.rint(values[self.n]).astype(np.int64)
        for k in np.unique(klass[klass >= 0]).tolist():
            visits = np.repeat(
                self.visit_unit[self.visit_class == k], counts[self.visit_class == k]
            )
            members = mine[klass == k]
            unit[members] = market.dealt(members, visits)
        return Choice(taken, unit)


def _cliques(nodes: Ints, clashing: Bools) -> list[list[int]]:
    """Cliques of ``nodes`` that cover every clash, grown greedily."""
    left = np.triu(clashing, 1)
    found = []
    for a, b in combinations(range(len(nodes)), 2):
        if not left[a, b]:
            continue
        clique, fits = [a, b], clashing[a] & clashing[b]
        while fits.any():
            c = int(np.argmax(fits))
            clique.append(c)
            fits = fits & clashing[c]
        left[np.ix_(clique, clique)] = False
        found.append(nodes[clique].tolist())
    return found
