"""Prices of places and of coaches' time, at which everybody's own best choice fills what there is.

The Lagrangian dual of the problem: rows that many people share are given a price, and each person
takes what gains most at these prices. Prices prove a bound whatever they are, so they need not be
the best ones. To come near those, choices are smoothed (everybody takes each group with a
probability, as in a logit model, at temperature ``beta``), which makes the dual smooth, and it is
lowered while the temperature falls (``smooth.py``).

H5, H6 and H2 are left out: what is proven without them holds with them.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

import numpy as np

from scheduler.large.market import Market
from scheduler.large.region import Aim
from scheduler.large.seen_twice import SeenTwice, SmoothPairs
from scheduler.large.smooth import (
    Cooling,
    best_of,
    best_two_of,
    lowest,
    positive,
    slope_of_positive,
)
from scheduler.matrix import ROUNDING, Floats
from scheduler.ragged import Bools, Ints, changes, second_best
from scheduler.waiting import Stop

HOUR = 60.0  # coaches' minutes are priced by the hour, so that all prices are of one size
SPREAD = 75.0  # temperatures: beyond these and what prices move, nobody takes an option


@dataclass(slots=True, eq=False)
class _Parts:
    """One number for each: groups, coaches' people, coaches' hours, ..., as views of one array."""

    groups: Floats
    people: Floats
    hours: Floats
    places: Floats  # an hour of a unit at a venue
    rooms: Floats  # a visit of a group in a unit
    sides: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Paid:
    """Prices, and the multipliers that were found."""

    prices: Prices
    at: Floats


class Prices:
    """The dual of one aim over one market."""

    def __init__(self, market: Market) -> None:
        self._market = market
        usable = np.flatnonzero(market.usable)
        measure = market.measure[market.options.group[usable]]
        usable = usable[np.lexsort((measure, market.options.participant[usable]))]
        self._index_coaches(usable)
        self._index_options(usable)
        self._index_sides()
        self._twice = SeenTwice.of(market, self.options, self._visit_class, self._coach)
        self._never_twice = SeenTwice(self._coach, np.zeros((5, 0), dtype=np.int64))
        priced = (market.capacity, market.caseload, market.caseload)
        sizes = [len(row) for row in (*priced, self._where_unit, self._room_most, self._side_high)]
        self._ends = [0, *np.cumsum(sizes).tolist()]

    def _index_options(self, options: Ints) -> None:
        """``options``: those that count, by person and measure."""
        market = self._market
        self.options = options
        self._p, self._g = market.options.participant[options], market.options.group[options]
        new = changes(self._p) | changes(market.measure[self._g])
        self._measure_start = np.flatnonzero(new)
        self._measure = np.cumsum(new) - 1
        people = self._p[self._measure_start]
        new = changes(people)
        self._person_start = np.flatnonzero(new)
        self._person_of_measure = np.cumsum(new) - 1
        self.people = people[self._person_start]
        self._most = market.max_groups[self.people]
        klass = market.option_class[options]
        self._coached = np.flatnonzero(klass >= 0)
        self._class = np.searchsorted(self._classes, klass[self._coached])

    def _index_coaches(self, options: Ints) -> None:
        market = self._market
        klass = market.option_class[options]
        self._classes = classes = np.unique(klass[klass >= 0])
        self._owner, self._unit = market.class_units.of_rows(classes)
        self._visit_class = classes[self._owner]
        self._class_start = np.searchsorted(self._owner, np.arange(len(classes)))
        group = market.class_group[classes][self._owner]
        self._hours = market.visit_minutes[group] / HOUR
        self._coach = market.unit_coach[self._unit]
        venues = int(market.venue.max(initial=0)) + 1
        where, self._where = np.unique(
            self._unit * venues + market.venue[group], return_inverse=True
        )
        self._where_unit = where // venues
        self._where_hours = market.unit_minutes[self._where_unit] / HOUR
        rooms, self._room = np.unique(self._unit * len(market.venue) + group, return_inverse=True)
        room_group, room_unit = rooms % len(market.venue), rooms // len(market.venue)
        length = market.visit_minutes[room_group]
        fits = market.unit_minutes[room_unit] // np.maximum(length, 1)
        fits = np.where(length > 0, fits, market.capacity[room_group])
        self._room_most = np.minimum(fits, market.capacity[room_group]).astype(float)
        self._room_where = np.searchsorted(where, room_unit * venues + market.venue[room_group])

    def _index_sides(self) -> None:
        position = np.full(len(self._market.options), -1)
        position[self.options] = np.arange(len(self.options))
        sides = self._market.sides
        entries = [(position[side.options], side.coefficients) for side in sides]
        self._side_option = np.concatenate([o for o, _ in entries] or [np.zeros(0, dtype=np.int64)])
        self._side_value = np.concatenate([v for _, v in entries] or [np.zeros(0, dtype=np.int64)])
        self._side = np.repeat(np.arange(len(sides)), [len(o) for o, _ in entries])
        here = self._side_option >= 0
        self._side, self._side_option = self._side[here], self._side_option[here]
        self._side_value = self._side_value[here].astype(float)
        self._side_high = np.array([side.high for side in sides], dtype=float)
        self._side_equal = np.array([side.low == side.high for side in sides], dtype=bool)

    def _parts(self, all_: Floats) -> _Parts:
        return _Parts(*(all_[begin:end] for begin, end in pairwise(self._ends)))

    def start(self) -> Floats:
        """Prices of nothing."""
        return np.zeros(self._ends[-1])

    def lowered(self, at: Floats, aim: Aim, cooling: Cooling, should_stop: Stop) -> Floats:
        """Better prices than ``at`` for the aim, temperature by temperature."""
        before = cooling.temperatures[0]
        for beta in cooling.temperatures:
            # High temperatures price everything: what costs nothing stays below, in proportion.
            at = np.where(at < 0, at * beta / before, at)
            smooth = partial(self._smooth, aim=aim, beta=beta)
            at = lowest(smooth, at, beta, cooling.steps, should_stop)
            before = beta
        return self._settled(at, before)

    def refined(
        self,
        at: Floats,
        aim: Aim,
        cooling: Cooling,
        should_stop: Stop,
        within: float,
        *,
        sees_twice: bool = False,
    ) -> Floats:
        """The same from prices ``at`` near the best, at least 0 where a row has one side: each
        temperature goes on from the prices of the last, and looks only at options that lose about
        ``within`` at most. Of all those prices the ones that prove least.

        With ``sees_twice`` also at two groups with one coach, who is paid once for a person then.
        """
        best, least = at, self.proven(at, aim)
        for beta in cooling.temperatures:
            if should_stop():
                break
            margin = within + SPREAD * beta
            near, twice = self._near(at, aim, margin, within if sees_twice else None)
            smooth = partial(near._smooth, aim=aim, beta=beta, twice=twice)
            at = lowest(smooth, at, beta, cooling.steps, should_stop)
            at = self._settled(at, beta)
            proven = self.proven(at, aim)
            if proven < least:
                least, best = proven, at
        return best

    def _near(
        self, at: Floats, aim: Aim, margin: float, twice_within: float | None
    ) -> tuple[Prices, SeenTwice | None]:
        """For the smoothed dual only options that lose at most ``margin`` at these prices, and the
        ways to be seen twice that lose at most ``twice_within``."""
        place = aim.place[self._p]
        gain = self.gains(at, aim)[self.options] - place
        measure = np.maximum.reduceat(gain, self._measure_start)
        top = np.maximum.reduceat(measure, self._person_start)
        second = np.maximum(self._second(measure, top)[0], 0.0)
        least = np.where(self._most > 1, np.minimum(second, top), top)
        is_near = gain >= least[self._person_of_measure[self._measure]] - margin
        is_near &= place + gain >= -margin
        # Without these the price of a row of pins or of people together would fall for ever.
        is_near[self._side_option[self._side_equal[self._side]]] = True
        twice = None
        if twice_within is not None:
            y = self._parts(at)
            best, before_visits, cost = self._best(y, aim)
            least = best - aim.place - twice_within
            twice = self._twice.near(least, before_visits, cost, y.people)
            is_near[twice.options] = True
            twice = twice.moved(np.cumsum(is_near) - 1)
        found = copy(self)
        found._index_options(self.options[is_near])
        found._index_sides()
        return found, twice

    def _settled(self, at: Floats, beta: float) -> Floats:
        """The multipliers that a point stands for: at least 0 where a row has one side."""
        found = positive(at, beta)
        sides = slice(len(at) - len(self._side_equal), None)
        found[sides] = np.where(self._side_equal, at[sides], found[sides])
        return found

    def _charged(self, y: _Parts) -> tuple[Floats, Floats, Floats]:
        """What each option costs; what each class's visit costs in each unit, and at its best."""
        price = y.groups[self._g].copy()
        cost = y.people[self._coach] + self._hours * (y.hours[self._coach] + y.places[self._where])
        cost += y.rooms[self._room]
        best = np.zeros(0)
        if len(cost):
            best = np.minimum.reduceat(cost, self._class_start)
        price += np.bincount(
            self._side_option, self._side_value * y.sides[self._side], minlength=len(price)
        )
        return price, cost, best

    def proven(self, prices: Floats, aim: Aim) -> float:
        """What the prices prove of the aim's maximum over all plans."""
        return float(self.best(prices, aim).sum()) + self.limits(prices, aim)

    def limits(self, prices: Floats, aim: Aim) -> float:
        """What all that is limited comes to at the prices, and what floating point may lose in
        adding it to what people gain."""
        market, y = self._market, self._parts(prices)
        total = float(market.capacity @ y.groups + market.caseload @ y.people)
        total += float(market.coach_minutes @ y.hours) / HOUR
        most = np.zeros(len(market.unit_minutes))
        np.maximum.at(most, self._where_unit, self._where_worth(y))
        total += float(most.sum())
        sides = self._side_high * y.sides
        sizes = [float(np.abs(of).max(initial=0.0)) for of in (aim.place, aim.worth, prices)]
        gained = (len(self.people) + len(self.options)) * sum(sizes)
        rounding = ROUNDING * (gained + total + float(np.abs(sides).sum()))
        return total + float(sides.sum()) + rounding

    def best(self, prices: Floats, aim: Aim, among: Bools | None = None) -> Floats:
        """What each person (P,) gains at most, by all options or by those ``among`` (O,)."""
        return self._best(self._parts(prices), aim, among)[0]

    def twice(self, prices: Floats, aim: Aim, among: Bools) -> Floats:
        """What two groups with one coach gain each person (P,) at most, no place counted, by the
        options ``among`` (O,); -inf without any."""
        _, worth, cost = self._best(y := self._parts(prices), aim, among)
        return self._twice.gains(worth, cost, y.people, len(self._market.weight))

    def spared(self, prices: Floats) -> Floats:
        """The most that a person (P,) is spared by a coach who sees them in one more group."""
        return self._spared(self._parts(prices))

    def _spared(self, y: _Parts) -> Floats:
        found = np.zeros(len(self._market.weight))
        np.maximum.at(found, self._market.twice_person, y.people[self._market.twice_coach])
        return found

    def without(self, prices: Floats, groups: Bools, sides: Sequence[int]) -> Floats:
        """The same with nothing to pay for places in ``groups`` (G,) and for these ``sides``."""
        found = prices.copy()
        y = self._parts(found)
        y.groups[groups] = 0.0
        y.sides[list(sides)] = 0.0
        return found

    def _best(
        self, y: _Parts, aim: Aim, among: Bools | None = None
    ) -> tuple[Floats, Floats, Floats]:
        """The same, what options gain before their visits, and what visits cost."""
        market = self._market
        before_visits, cost, least = self._charged(y)
        worth = aim.worth[self.options] - before_visits
        if among is not None:
            worth = np.where(among[self.options], worth, -np.inf)
        each = worth.copy()
        each[self._coached] -= least[self._class]
        gain = np.maximum.reduceat(each, self._measure_start)
        top = np.maximum.reduceat(gain, self._person_start)
        rest = np.add.reduceat(np.maximum(gain, 0.0), self._person_start) - np.maximum(top, 0.0)
        second = np.maximum(self._second(gain, top)[0], 0.0)
        # H8 counts a coach's person once, prices each group: exact for two, generous for more.
        twice = self._twice.gains(worth, cost, y.people, len(market.weight))[self.people]
        rest += self._spared(y)[self.people] * (self._most - 1)
        more = np.where(self._most > 2, rest, np.where(self._most > 1, second, 0.0))
        found = np.zeros(len(market.weight))
        gained = aim.place[self.people] + np.maximum(top + more, twice)
        found[self.people] = np.maximum(gained, 0.0)
        return found, worth, cost

    def gains(self, prices: Floats, aim: Aim) -> Floats:
        """What each option (O,) gains over its price, a person's first place counted; -inf where
        it cannot be."""
        y = self._parts(prices)
        price, _, best = self._charged(y)
        if len(self._coached):
            price[self._coached] += best[self._class]
        found = np.full(len(self._market.options), -np.inf)
        found[self.options] = aim.worth[self.options] - price + aim.place[self._p]
        return found

    def lost(self, prices: Floats, classes: Ints, units: Ints) -> Floats:
        """What visits (N,) of ``classes`` (N,) in ``units`` (N,) cost above a class's cheapest."""
        _, cost, best = self._charged(self._parts(prices))
        key = self._visit_class * len(self._market.unit_minutes) + self._unit
        order = np.argsort(key)
        wanted = classes * len(self._market.unit_minutes) + units
        at = order[np.searchsorted(key, wanted, sorter=order)]
        found: Floats = cost[at] - best[self._owner[at]]
        return found

    def _where_worth(self, y: _Parts) -> Floats:
        rooms = np.bincount(
            self._room_where, self._room_most * y.rooms, minlength=len(self._where_unit)
        )
        worth: Floats = self._where_hours * y.places + rooms
        return worth

    def _second(self, gain: Floats, top: Floats) -> tuple[Floats, Ints]:
        """The second best measure of each person, and where the best one stands."""
        return second_best(gain, top, self._person_of_measure, self._person_start)

    def _smooth(
        self, z: Floats, aim: Aim, beta: float, twice: SeenTwice | None = None
    ) -> tuple[float, Floats]:
        """The smoothed dual at z, and its gradient."""
        market = self._market
        slope = np.zeros(len(z))
        y, down = self._parts(positive(z, beta)), self._parts(slope_of_positive(z, beta))
        grad = self._parts(slope)
        y.sides = np.where(self._side_equal, self._parts(z).sides, y.sides)
        down.sides = np.where(self._side_equal, 1.0, down.sides)
        before_visits, cost, _ = self._charged(y)
        before, units = aim.worth[self.options] - before_visits, cost
        gain = before.copy()
        if len(self._owner):
            less, units = best_of(-cost, self._owner, self._class_start, beta)
            gain[self._coached] += less[self._class]
        pairs = (twice or self._never_twice).smooth(before, cost, y.people, beta)
        value, taken, chosen = self._choices(aim.place[self.people], gain, pairs, beta)
        demand = np.bincount(self._class, taken[self._coached], minlength=len(self._class_start))
        taken_twice, visits = pairs.taken(chosen)
        taken = taken + taken_twice
        value += float(market.capacity @ y.groups + market.caseload @ y.people)
        value += float(market.coach_minutes @ y.hours) / HOUR + float(self._side_high @ y.sides)
        grad.people += market.caseload
        grad.people += np.bincount(pairs.coach, chosen, minlength=len(grad.people))
        grad.hours += market.coach_minutes / HOUR
        grad.groups += market.capacity - np.bincount(self._g, taken, minlength=len(market.capacity))
        grad.sides += self._side_high - np.bincount(
            self._side, self._side_value * taken[self._side_option], minlength=len(y.sides)
        )
        if len(self._owner):
            value += self._coaches(y, grad, demand[self._owner] * units + visits, beta)
        for part in ("groups", "people", "hours", "places", "rooms", "sides"):
            getattr(grad, part)[:] *= getattr(down, part)
        return value, slope

    def _coaches(self, y: _Parts, grad: _Parts, visits: Floats, beta: float) -> float:
        """The value of where coaches are, and their and the visits' part of the gradient."""
        market = self._market
        worth = self._where_worth(y)
        top = np.zeros(len(market.unit_minutes))
        np.maximum.at(top, self._where_unit, worth)
        weight = np.exp((worth - top[self._where_unit]) / beta)
        total = np.exp(-top / beta) + np.bincount(self._where_unit, weight, minlength=len(top))
        there = weight / total[self._where_unit]
        hours = visits * self._hours
        num = len(market.caseload)
        grad.people -= np.bincount(self._coach, visits, minlength=num)
        grad.hours -= np.bincount(self._coach, hours, minlength=num)
        grad.places += self._where_hours * there
        grad.places -= np.bincount(self._where, hours, minlength=len(there))
        grad.rooms += self._room_most * there[self._room_where]
        grad.rooms -= np.bincount(self._room, visits, minlength=len(self._room_most))
        return float((top + beta * np.log(total)).sum())

    def _choices(
        self, place: Floats, gain: Floats, twice: SmoothPairs, beta: float
    ) -> tuple[float, Floats, Floats]:
        """The smoothed value of everybody's best choice, the probability of each option alone or
        with another one, and that of each pair with one coach."""
        owner, start = self._person_of_measure, self._person_start
        measure, share = best_of(gain, self._measure, self._measure_start, beta)
        one, in_one = best_of(measure, owner, start, beta)
        two, in_two = best_two_of(measure, owner, start, beta)
        two[self._most < 2] = -np.inf
        seen = np.searchsorted(self.people, twice.person)
        peak = np.maximum(place + np.maximum(one, two), 0.0)
        np.maximum.at(peak, seen, place[seen] + twice.gain)
        one, two = np.exp((place + one - peak) / beta), np.exp((place + two - peak) / beta)
        same = np.exp((place[seen] + twice.gain - peak[seen]) / beta)
        total = np.exp(-peak / beta) + one + two
        total += np.bincount(seen, same, minlength=len(total))
        chosen = (one / total)[owner] * in_one + (two / total)[owner] * in_two
        value = float((peak + beta * np.log(total)).sum())
        return value, chosen[self._measure] * share, same / total[seen]
