"""Everybody placed anew at once, while groups stay open or closed and coaches keep their visits.

What is then left is a flow of least cost, from people through their measures to places and, where
a coach comes, through visits to coaches' caseloads. Rules that tie a person's groups together (H5,
H6) are looked at afterwards, and so are groups that got too small. Who is pinned or goes together
with somebody stays; of two people apart only one may come to a group. A quota that counts everybody
in groups without a coach is one more arc on the way, one for a group at most; nobody comes under
another one.
"""

from __future__ import annotations

import numpy as np
from ortools.graph.python import min_cost_flow

from scheduler.large.market import Choice, Market
from scheduler.large.region import Aim
from scheduler.matrix import Floats
from scheduler.ragged import Bools, Ints

PRECISION = 1e8  # the cost of what counts most
NEEDED = 4 * int(PRECISION)  # what a place counts for without which its group would be too small


class _Network:
    """Arcs, put together family by family."""

    def __init__(self) -> None:
        self._flow = min_cost_flow.SimpleMinCostFlow()

    def arcs(self, tail: Ints, head: Ints, capacity: Ints | int, gain: Ints | int = 0) -> Ints:
        """New arcs; returns their positions."""
        tail, head, capacity, gain = np.broadcast_arrays(tail, head, capacity, gain)
        found: Ints = self._flow.add_arcs_with_capacity_and_unit_cost(tail, head, capacity, -gain)
        return found

    def solve(self, source: int, sink: int, supply: int) -> bool:
        self._flow.set_node_supply(source, supply)
        self._flow.set_node_supply(sink, -supply)
        return bool(self._flow.solve() == self._flow.OPTIMAL)

    def flows(self, arcs: Ints) -> Ints:
        found: Ints = self._flow.flows(arcs)
        return found


class _Rooms:
    """A room is a group in a unit: its ``visits`` in a choice, and the ``spare`` ones for which
    the coaches, where they are, still have the time (H9, H10)."""

    def __init__(self, market: Market, choice: Choice) -> None:
        num_groups = len(market.capacity)
        coached = np.flatnonzero(choice.taken & (choice.unit >= 0))
        own = choice.unit[coached] * num_groups + market.options.group[coached]
        owner, unit = market.class_units.of_rows(np.arange(len(market.class_group)))
        possible = unit * num_groups + market.class_group[owner]
        rooms = np.unique(np.concatenate([own, possible]))
        self.unit, self.group = rooms // num_groups, rooms % num_groups
        self.visits = np.bincount(np.searchsorted(rooms, own), minlength=len(rooms))
        self.of_class, self.of_room = owner, np.searchsorted(rooms, possible)
        self.held = np.full(len(choice.taken), -1)
        self.held[coached] = np.searchsorted(rooms, own)
        self._add_spare(market, choice)

    def _add_spare(self, market: Market, choice: Choice) -> None:
        left, minutes = market.left_by(choice), market.visit_minutes[self.group]
        places = market.capacity.copy()
        np.subtract.at(places, self.group, self.visits)
        fits = market.venues_of(choice)[self.unit] == market.venue[self.group]
        fits &= is_open(market, choice)[self.group]
        self.spare = np.zeros(len(self.unit), dtype=np.int64)
        for i in np.flatnonzero(fits).tolist():
            u, g = int(self.unit[i]), int(self.group[i])
            c, length = int(market.unit_coach[u]), int(minutes[i])
            most = places[g]
            if length:
                most = min(most, left.unit_minutes[u] // length, left.coach_minutes[c] // length)
            self.spare[i] = spare = max(0, most)
            places[g] -= spare
            left.unit_minutes[u] -= spare * length
            left.coach_minutes[c] -= spare * length


def placed_anew(
    market: Market, aim: Aim, choice: Choice, may_fill: Bools | None = None
) -> Choice | None:
    """The best choice for the aim with the visits of this one; None where that cannot be had.

    Only to groups that people ``may_fill`` (G,) somebody comes, by default those that are open. It
    may be worse than ``choice``: people who stay hold their places, and a coach's person in two
    groups counts twice.
    """
    if may_fill is None:
        may_fill = is_open(market, choice)
    refill = _Refill(market, aim, choice, may_fill, market.min_size)
    found = refill.choice()
    return None if found is None else _repaired(market, aim, found, refill.kept)


def wanted(market: Market, aim: Aim, choice: Choice) -> Ints:
    """How many people each group (G,) would have if those that are not open needed nobody."""
    needed = np.where(is_open(market, choice), market.min_size, 0)
    found = _Refill(market, aim, choice, np.ones_like(needed, dtype=bool), needed).choice()
    taken = choice.taken if found is None else found.taken
    return np.bincount(market.options.group[taken], minlength=len(needed))


def staying(market: Market) -> Bools:
    """People who are pinned or go together (P,)."""
    found = np.zeros(len(market.weight), dtype=bool)
    for side in market.sides:
        if side.is_tie:
            found[market.options.participant[side.options]] = True
    return found


def in_quota(market: Market) -> Bools:
    """Options that a quota counts (O,)."""
    found = np.zeros(len(market.options), dtype=bool)
    for side in market.sides:
        if side.is_quota:
            found[side.options] = True
    return found


def _left_to_another(market: Market, aim: Aim, choice: Choice, stays: Bools) -> Bools:
    """Options (O,) of people apart that are left to the other one: to who has it, or who could
    have it and is worth more there."""
    found = np.zeros(len(market.options), dtype=bool)
    is_out = stays[market.options.participant] & ~choice.taken
    for side in market.sides:
        if side.is_either:
            both = side.options
            order = np.lexsort((aim.worth[both], ~is_out[both], choice.taken[both]))
            found[both[order[:-1]]] = True
    return found


def is_open(market: Market, choice: Choice) -> Bools:
    """Groups (G,) that may take one more: those that need no number of people, or have it."""
    filled = np.bincount(market.options.group[choice.taken], minlength=len(market.capacity))
    found: Bools = (market.min_size <= 1) | (filled > 0)
    return found


class _Quotas:
    """Quotas that count everybody in some groups without a coach, one for a group at most."""

    def __init__(self, market: Market) -> None:
        """``of_group`` (G,): the quota of each group, or -1; ``most``: how many each allows;
        ``others`` (O,): the options that another quota counts."""
        group, num = market.options.group, len(market.capacity)
        size = np.bincount(group[market.usable], minlength=num)
        is_free = ~market.coached
        self.of_group = np.full(num, -1)
        self.others = np.zeros(len(group), dtype=bool)
        most: list[int] = []
        for side in market.sides:
            counted = np.bincount(group[side.options], minlength=num)
            groups = counted > 0
            if side.is_quota and (is_free & (counted == size))[groups].all():
                self.of_group[groups] = len(most)
                is_free &= ~groups
                most.append(side.high)
            elif side.is_quota:
                self.others[side.options] = True
        self.most = np.array(most, dtype=np.int64)

    def left(self, filled: Ints) -> Ints:
        """How many each still allows where groups (G,) are filled so far."""
        mine = np.flatnonzero(self.of_group >= 0)
        found = self.most.copy()
        np.subtract.at(found, self.of_group[mine], filled[mine])
        return found


class _Refill:
    """The flow, and the way back from it.

    Nodes: people, pairs of a person and a measure (where several groups are allowed), groups
    without a coach, quotas, classes, rooms, coaches, and at the ends the source and the sink.
    """

    def __init__(
        self, market: Market, aim: Aim, choice: Choice, may_fill: Bools, needed: Ints
    ) -> None:
        """Groups that people ``may_fill`` (G,) get as many as ``needed`` (G,) first."""
        self._market, self._choice, self._needed = market, choice, needed
        options, stays = market.options, staying(market)
        self.kept = choice.taken & stays[options.participant]
        self._quotas = _Quotas(market)
        free = market.usable & ~stays[options.participant] & may_fill[options.group]
        closed_to = self._quotas.others | _left_to_another(market, aim, choice, stays)
        self._candidates = np.flatnonzero(free & (choice.taken | ~closed_to))
        self._rooms = _Rooms(market, choice)
        most = max(float(np.abs(aim.place).max(initial=0)), float(np.abs(aim.worth).max(initial=0)))
        self._scale = PRECISION / max(most, 1e-9)
        self._network = _Network()
        self._split()
        self._add_people(aim)
        self._add_places()
        self._add_visits()

    def _split(self) -> None:
        """Number the nodes, family after family."""
        market, options = self._market, self._market.options
        p, g = options.participant[self._candidates], options.group[self._candidates]
        self._several = market.max_groups[p] > 1
        measures = int(market.measure.max(initial=0)) + 1
        pair = (p * measures + market.measure[g])[self._several]
        pairs, self._pair = np.unique(pair, return_inverse=True)
        self._pair_person = pairs // measures
        sizes = (
            len(market.weight),
            len(pairs),
            len(market.capacity),
            len(self._quotas.most),
            len(market.class_group),
            len(self._rooms.visits),
            len(market.caseload),
        )
        ends = np.cumsum(sizes).tolist()
        self._person_measure, self._group, self._quota = ends[:3]
        self._class, self._room, self._coach, self._source = ends[3:]
        self._sink = self._source + 1

    def _whole(self, numbers: Floats) -> Ints:
        return np.rint(numbers * self._scale).astype(np.int64)

    def _add_people(self, aim: Aim) -> None:
        market, options, network = self._market, self._market.options, self._network
        mine = self._candidates
        p, g, k = (a[mine] for a in (options.participant, options.group, market.option_class))
        people = np.unique(p)
        most = market.max_groups[people]
        network.arcs(self._source, people, 1, self._whole(aim.place[people]))
        network.arcs(self._source, people[most > 1], most[most > 1] - 1)
        pairs = self._person_measure + np.arange(len(self._pair_person))
        network.arcs(self._pair_person, pairs, 1)
        tail = p.copy()
        tail[self._several] = pairs[self._pair]
        head = np.where(k < 0, self._group + g, self._class + k)
        self._option_arcs = network.arcs(tail, head, 1, self._whole(aim.worth[mine]))
        self._supply = int(most.sum())
        network.arcs(np.array([self._source]), self._sink, self._supply)

    def _add_places(self) -> None:
        market, group = self._market, self._market.options.group
        groups = np.unique(group[self._candidates])
        filled = np.bincount(group[self.kept], minlength=len(market.capacity))
        taken, needed, quota = (a[groups] for a in (filled, self._needed, self._quotas.of_group))
        places = market.capacity[groups] - taken
        least = np.where(needed > 1, needed - taken, 0)
        least = np.clip(least, 0, places)
        head = np.where(quota >= 0, self._quota + quota, self._sink)
        self._network.arcs(self._group + groups, head, least, NEEDED)
        self._network.arcs(self._group + groups, head, places - least)
        left = self._quotas.left(filled)
        self._network.arcs(self._quota + np.arange(len(left)), self._sink, left)

    def _add_visits(self) -> None:
        market, rooms, network = self._market, self._rooms, self._network
        held = rooms.held[self.kept]
        visits = rooms.visits - np.bincount(held[held >= 0], minlength=len(rooms.visits))
        most = visits + rooms.spare
        node = self._room + np.arange(len(most))
        self._visit_arcs = network.arcs(
            self._class + rooms.of_class, node[rooms.of_room], most[rooms.of_room]
        )
        # A group that needs a number of people keeps the visits that it has.
        needed = np.where(market.min_size[rooms.group] > 1, visits, 0)
        coach = self._coach + market.unit_coach[rooms.unit]
        network.arcs(node, coach, needed, NEEDED)
        network.arcs(node, coach, most - needed)
        caseload = market.left_by(Choice(self.kept, self._choice.unit)).caseload
        network.arcs(self._coach + np.arange(len(caseload)), self._sink, caseload)

    def choice(self) -> Choice | None:
        """What the flow says; None where it finds nothing."""
        market, network = self._market, self._network
        if not network.solve(self._source, self._sink, self._supply):
            return None
        chosen = self._candidates[network.flows(self._option_arcs) > 0]
        taken, unit = self.kept.copy(), np.where(self.kept, self._choice.unit, -1)
        taken[chosen] = True
        visits = network.flows(self._visit_arcs)
        units = np.repeat(self._rooms.unit[self._rooms.of_room], visits)
        of_class = np.repeat(self._rooms.of_class, visits)
        chosen = chosen[np.argsort(market.option_class[chosen], kind="stable")]
        members = chosen[market.option_class[chosen] >= 0]
        ends = np.flatnonzero(np.diff(of_class)) + 1  # as many visits as members, class by class
        for mine, its_units in zip(np.split(members, ends), np.split(units, ends), strict=True):
            unit[mine] = market.dealt(mine, its_units)
        return Choice(taken, unit)


def _repaired(market: Market, aim: Aim, choice: Choice, kept: Bools) -> Choice | None:
    """Without one of two groups that exclude each other, and without groups that get too small.

    None where somebody stays in such a group.
    """
    options = market.options
    taken, unit = choice.taken.copy(), choice.unit.copy()
    filled = np.bincount(options.group[taken], minlength=len(market.capacity))
    free = np.flatnonzero(taken & ~kept)
    people = options.participant[free]
    several = np.bincount(people, minlength=len(market.weight))[people] > 1
    free, people = free[several], people[several]
    for mine in np.split(free, np.flatnonzero(np.diff(people)) + 1):
        group = options.group[mine]
        has_room = filled[group] > market.min_size[group]
        left = mine[np.lexsort((-aim.worth[mine], has_room))].tolist()
        while len(left) > 1 and _exclude_each_other(market, left):
            o = left.pop()
            taken[o] = False
            filled[options.group[o]] -= 1
    too_small = (filled > 0) & (filled < market.min_size)
    if too_small[options.group[kept]].any():
        return None
    taken &= ~too_small[options.group]
    return Choice(taken, np.where(taken, unit, -1))


def _exclude_each_other(market: Market, mine: list[int]) -> bool:
    """H5 and H6 among the options of one person."""
    p, groups = int(market.options.participant[mine[0]]), market.options.group[mine]
    clash = bool(market.clashing[np.ix_(groups, groups)].any())
    return clash or market.too_long(p, groups.tolist())
