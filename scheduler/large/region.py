"""One region of a large problem as a program: some groups are filled anew, all else stands still.

The rows are those of ../README.md, in the tighter form of two of them: H2 says of each person
that nobody is in a group that is not open, and a window at one venue (H10) takes no more visits
of a group than the group has places and the window has room for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from scheduler.large.claim import Claim
from scheduler.large.coach_rows import CoachRows
from scheduler.large.market import ALWAYS, Choice, Market
from scheduler.large.program import INFINITE, Program
from scheduler.matrix import Floats
from scheduler.ragged import Bools, Ints


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
        floors: Sequence[Aim] = (),
        *,
        is_bound: bool = False,
        held: Claim | None = None,
        keeps_venues: bool = False,
    ) -> None:
        """A bound counts each person of a coach once (H8); a plan may be stricter.

        ``groups`` (G,) are emptied; ``considered`` (O,) are the options that may fill them. What is
        ``held`` stays as it is. Coaches may be elsewhere unless the region ``keeps_venues``.
        ``floor_rows``: one for each of ``floors``, not binding as yet.
        """
        self.market, self.choice, self.aim = market, choice, aim
        self._held = held or Claim.of_nothing(market)
        self._is_bound, self._keeps_venues = is_bound, keeps_venues
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
        self._add_coaches()
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

    def _add_people(self, floors: Sequence[Aim]) -> None:
        market, program, aim = self.market, self.program, self.aim
        people, of = np.unique(self.p, return_inverse=True)
        left = self.left[people]
        self._has_place = (
            np.bincount(market.options.participant[self.kept], minlength=len(market.max_groups)) > 0
        )
        place = self._gained(aim.place, people)
        several = left > 1
        single = ~several[of]
        self._single = single
        worth = aim.worth[self.options] + np.where(single, place[of], 0.0)
        self.x = self._variables(worth, np.ones(len(of)))
        program.rows(of, self.x, 1.0, -INFINITE, left, len(people))
        places = [place, *(self._gained(floor.place, people) for floor in floors)]
        served = np.flatnonzero(several & (np.max(places, axis=0) > 0))
        s = self._variables(place[served], np.ones(len(served)), follows=True)
        self._served, self._served_people = s, people[served]
        if not self._is_bound:
            # Not after the coaches: with the row there plans of territory had 2 to 4 places less.
            nobody = np.zeros(0, dtype=np.int64)
            self._add_served(nobody, nobody)
        self._gone, self._gone_people = self.x[:0], people[:0]
        if aim.elsewhere is not None:
            self._gone_people = people
            self._gone = self._add_elsewhere(aim.elsewhere[people], of, left, served)
        self._add_pairs(of, several)

    def _gained(self, place: Floats | Ints, people: Ints) -> Floats:
        """What a group in the region makes of the people's places: nothing where they keep one."""
        return np.where(self._has_place[people], 0.0, place[people])

    def _add_elsewhere(self, worth: Floats, of: Ints, left: Ints, served: Ints) -> Ints:
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
        return gone

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
        market, p = self.market, int(self.p[mine[0]])
        limit = int(market.week_limit[p])
        if limit >= ALWAYS:
            return
        own = slice(market.start[p], market.start[p + 1])
        left: Counter[tuple[int, int]] = Counter()
        for g in market.options.group[own][self.kept[own]].tolist():
            left.subtract(market.week_minutes[g])
        weeks: dict[tuple[int, int], list[tuple[int, int]]] = {}
        for i in mine.tolist():
            for week, minutes in market.week_minutes[self.g[i]].items():
                weeks.setdefault(week, []).append((i, minutes))
        rooms: dict[tuple[tuple[int, int], ...], int] = {}
        for week, entries in weeks.items():
            terms = tuple(entries)
            rooms[terms] = min(rooms.get(terms, limit), limit + left[week])
        # Which plan HiGHS comes to hangs on the order of rows: this one is that of the bench.
        for terms in {tuple(entries) for entries in weeks.values()}:
            if sum(minutes for _, minutes in terms) > (room := rooms[terms]):
                columns = np.array([i for i, _ in terms])
                values = np.array([minutes for _, minutes in terms], dtype=float)
                rows = np.zeros(len(columns), dtype=np.int64)
                self.program.rows(rows, self.x[columns], values, -INFINITE, room, 1)

    # -- groups: H1, H2 ---------------------------------------------------------------------

    def _add_groups(self) -> None:
        market, program = self.market, self.program
        groups, of = np.unique(self.g, return_inverse=True)
        capacity, least = market.capacity[groups], market.min_size[groups]
        kept = np.bincount(market.options.group[self.kept], minlength=len(market.capacity))[groups]
        program.rows(of, self.x, 1.0, -INFINITE, capacity - kept, len(groups))
        small = np.flatnonzero(least > 1)
        self._small = groups[small]
        self._opened = opened = self._variables(np.zeros(len(small)), np.ones(len(small)))
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

    def _add_coaches(self) -> None:
        kept = Choice(self.kept, self.choice.unit)
        rows = CoachRows(
            *(self.market, self.program, self._variables),
            kept,
            *(self.options, self.x, self._held.coaches),
            self.market.venues_of(self.choice if self._keeps_venues else kept),
            is_bound=self._is_bound,
        )
        self.n, self.visit_class, self.visit_unit = rows.n, rows.visit_class, rows.visit_unit
        self._there = rows.there
        self._there_unit, self._there_venue = rows.there_unit, rows.there_venue
        if self._is_bound:
            self._add_served(rows.again, rows.again_person)

    def _add_served(self, again: Ints, again_person: Ints) -> None:
        """Somebody served has a group, and one more than ``again`` with a coach seen already.

        Without the latter half a person in each of two groups of one coach is served as a whole
        one and takes half a place of the coach.
        """
        position = np.full(len(self.left), -1)
        position[self._served_people] = np.arange(len(self._served))
        of, of_again = position[self.p], position[again_person]
        x, again = self.x[of >= 0], again[of_again >= 0]
        self.program.rows(
            np.concatenate([of[of >= 0], of_again[of_again >= 0], np.arange(len(self._served))]),
            np.concatenate([x, again, self._served]),
            np.concatenate([-np.ones(len(x)), np.ones(len(again) + len(self._served))]),
            -INFINITE,
            0.0,
            len(self._served),
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

    def _add_floor(self, floor: Aim) -> int:
        place = self._gained(floor.place, self.p)
        worth = floor.worth[self.options] + np.where(self._single, place, 0.0)
        place = self._gained(floor.place, self._served_people)
        columns = np.concatenate([self.x, self._served])
        values = np.concatenate([worth, place])
        used = np.flatnonzero(values)
        rows = np.zeros(len(used), dtype=np.int64)
        self.program.rows(rows, columns[used], values[used], -INFINITE, INFINITE, 1)
        return self.program.num_rows - 1

    def settle_venues(self, values: Floats) -> None:
        """From now on each unit is at the venue where it is most of all in these values, or at its
        first one."""
        share = values[self._there]
        order = np.lexsort((-share, self._there_unit))
        is_first = np.ones(len(order), dtype=bool)
        is_first[1:] = np.diff(self._there_unit[order]) != 0
        self.program.upper[self._there[order[~is_first]]] = 0.0

    def keep_visits(self) -> None:
        """From now on each class has its visits where it has them."""
        self.program.lower[self.n] = self.program.upper[self.n] = self._visits(self.choice)

    def keep_open(self) -> None:
        """From now on no group with a minimum size opens or closes."""
        is_open = self._is_open(self.choice)[self._small]
        self.program.lower[self._opened] = self.program.upper[self._opened] = is_open

    def _visits(self, choice: Choice) -> Ints:
        """How many visits of each class and unit (n,) a choice has."""
        market, units = self.market, len(self.market.unit_minutes)
        mine = self.options[choice.taken[self.options] & (choice.unit[self.options] >= 0)]
        made = np.bincount(
            market.option_class[mine] * units + choice.unit[mine],
            minlength=len(market.class_group) * units,
        )
        found: Ints = made[self.visit_class * units + self.visit_unit]
        return found

    def _is_open(self, choice: Choice) -> Bools:
        found = np.zeros(len(self.market.capacity), dtype=bool)
        found[self.market.options.group[self.kept]] = True
        found[self.g[choice.taken[self.options]]] = True
        return found

    def values(self, choice: Choice) -> Floats:
        """The region's part of a choice as values (variables,): the way back of ``chosen``."""
        taken = choice.taken[self.options]
        has_place = np.zeros(len(self.left), dtype=bool)
        has_place[self.p[taken]] = True
        found: Floats = np.zeros(self.program.num_variables)
        found[self.x] = taken
        found[self._served] = has_place[self._served_people]
        found[self._gone] = ~has_place[self._gone_people]
        found[self._opened] = self._is_open(choice)[self._small]
        found[self.n] = self._visits(choice)
        venues = self.market.venues_of(choice)
        found[self._there] = venues[self._there_unit] == self._there_venue
        return found

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
