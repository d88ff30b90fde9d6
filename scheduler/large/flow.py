"""Everybody placed anew at once, while groups stay open or closed and coaches keep their visits.

What is then left is a flow of least cost, from people through their measures to places and, where
a coach comes, through visits to coaches' caseloads. Rules that tie a person's groups together (H5,
H6) are looked at afterwards; who is in a pin, a pair or a quota stays.
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


class Visiting:
    """The visits of a choice by room, which is a group in a unit.

    ``visits`` are those there are, ``spare`` those for which the coaches, where they are, still
    have the time (H9, H10).
    """

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
        unit, group = self.unit, self.group
        minutes = market.visit_minutes[group]
        unit_left, coach_left = market.unit_minutes.copy(), market.coach_minutes.copy()
        np.subtract.at(unit_left, unit, self.visits * minutes)
        np.subtract.at(coach_left, market.unit_coach[unit], self.visits * minutes)
        places = market.capacity - np.bincount(group, self.visits, len(market.capacity)).astype(int)
        venue = np.full(len(unit_left), -2)
        venue[unit[self.visits > 0]] = market.venue[group[self.visits > 0]]
        fits = (venue[unit] == market.venue[group]) & is_open(market, choice)[group]
        self.spare = np.zeros(len(unit), dtype=np.int64)
        for i in np.flatnonzero(fits).tolist():
            u, g = int(unit[i]), int(group[i])
            c = int(market.unit_coach[u])
            most = min(unit_left[u], coach_left[c]) // minutes[i] if minutes[i] else places[g]
            self.spare[i] = spare = max(0, min(places[g], most))
            places[g] -= spare
            unit_left[u] -= spare * minutes[i]
            coach_left[c] -= spare * minutes[i]


def placed_anew(market: Market, aim: Aim, choice: Choice) -> Choice | None:
    """The best choice for the aim with the visits of this one; None where that cannot be had.

    It may be worse than ``choice``: people who stay hold their places, and a coach's person in two
    groups counts twice.
    """
    options = market.options
    stays = staying(market)
    kept = choice.taken & stays[options.participant]
    free = market.usable & ~stays[options.participant] & is_open(market, choice)[options.group]
    free &= choice.taken | ~in_quota(market)
    found = _Refill(market, aim, choice, kept, np.flatnonzero(free)).choice()
    return None if found is None else _repaired(market, aim, found, kept)


def staying(market: Market) -> Bools:
    """People of pins and pairs (P,)."""
    found = np.zeros(len(market.weight), dtype=bool)
    for side in market.sides:
        if len(side.options) <= 2:
            found[market.options.participant[side.options]] = True
    return found


def in_quota(market: Market) -> Bools:
    """Options that a quota counts (O,)."""
    found = np.zeros(len(market.options), dtype=bool)
    for side in market.sides:
        if len(side.options) > 2:
            found[side.options] = True
    return found


def is_open(market: Market, choice: Choice) -> Bools:
    filled = np.bincount(market.options.group[choice.taken], minlength=len(market.capacity))
    found: Bools = (market.min_size <= 1) | (filled > 0)
    return found


class _Refill:
    """The flow, and the way back from it.

    Nodes: people, pairs of a person and a measure (where several groups are allowed), groups
    without a coach, classes, rooms, coaches, and at the ends the source and the sink.
    """

    def __init__(
        self, market: Market, aim: Aim, choice: Choice, kept: Bools, candidates: Ints
    ) -> None:
        self._market, self._choice, self._kept = market, choice, kept
        self._visiting = Visiting(market, choice)
        most = max(float(np.abs(aim.place).max(initial=0)), float(np.abs(aim.worth).max(initial=0)))
        self._scale = PRECISION / max(most, 1e-9)
        self._network = _Network()
        self._split()
        self._add_people(aim, candidates)
        self._add_places()
        self._add_visits()

    def _split(self) -> None:
        market, options = self._market, self._market.options
        people, measures = len(market.weight), int(market.measure.max(initial=0)) + 1
        sizes = (
            people,
            people * measures,
            len(market.capacity),
            len(market.class_group),
            len(self._visiting.visits),
            len(market.caseload),
        )
        ends = np.cumsum(sizes).tolist()
        self._person_measure, self._group, self._class, self._room, self._coach = ends[:5]
        self._measures, self._source, self._sink = measures, ends[5], ends[5] + 1
        self._taken = np.bincount(options.group[self._kept], minlength=len(market.capacity))

    def _whole(self, numbers: Floats) -> Ints:
        return np.rint(numbers * self._scale).astype(np.int64)

    def _add_people(self, aim: Aim, candidates: Ints) -> None:
        market, options, network = self._market, self._market.options, self._network
        p, g, k = (a[candidates] for a in (options.participant, options.group, market.option_class))
        people = np.unique(p)
        most = market.max_groups[people]
        network.arcs(self._source, people, 1, self._whole(aim.place[people]))
        network.arcs(self._source, people[most > 1], most[most > 1] - 1)
        several = market.max_groups[p] > 1
        pair = p * self._measures + market.measure[g]
        pairs = np.unique(pair[several])
        network.arcs(pairs // self._measures, self._person_measure + pairs, 1)
        self._candidates = candidates
        self._option_arcs = network.arcs(
            np.where(several, self._person_measure + pair, p),
            np.where(k < 0, self._group + g, self._class + k),
            1,
            self._whole(aim.worth[candidates]),
        )
        self._supply = int(most.sum())
        network.arcs(np.array([self._source]), self._sink, self._supply)

    def _add_places(self) -> None:
        market = self._market
        groups = np.unique(market.options.group[self._candidates])
        places = market.capacity[groups] - self._taken[groups]
        small = market.min_size[groups] > 1
        least = np.where(small, market.min_size[groups] - self._taken[groups], 0)
        least = np.clip(least, 0, places)
        self._network.arcs(self._group + groups, self._sink, least, NEEDED)
        self._network.arcs(self._group + groups, self._sink, places - least)

    def _add_visits(self) -> None:
        market, visiting, network = self._market, self._visiting, self._network
        held = visiting.held[self._kept]
        held = held[held >= 0]
        visits = visiting.visits - np.bincount(held, minlength=len(visiting.visits))
        coach = market.unit_coach[visiting.unit]
        caseload = market.caseload - np.bincount(coach[held], minlength=len(market.caseload))
        most = visits + visiting.spare
        self._visit_arcs = network.arcs(
            self._class + visiting.of_class, self._room + visiting.of_room, most[visiting.of_room]
        )
        # A group that needs a number of people keeps the visits that it has.
        needed = np.where(market.min_size[visiting.group] > 1, visits, 0)
        rooms = self._room + np.arange(len(most))
        network.arcs(rooms, self._coach + coach, needed, NEEDED)
        network.arcs(rooms, self._coach + coach, most - needed)
        coaches = self._coach + np.arange(len(caseload))
        network.arcs(coaches, self._sink, np.maximum(caseload, 0))

    def choice(self) -> Choice | None:
        """What the flow says; None where it finds nothing."""
        market, network = self._market, self._network
        if not network.solve(self._source, self._sink, self._supply):
            return None
        chosen = self._candidates[network.flows(self._option_arcs) > 0]
        taken, unit = self._kept.copy(), np.where(self._kept, self._choice.unit, -1)
        taken[chosen] = True
        visits = network.flows(self._visit_arcs)
        units = np.repeat(self._visiting.unit[self._visiting.of_room], visits)
        of_class = np.repeat(self._visiting.of_class, visits)
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
