"""Prices of places and of coaches' time, at which everybody's own best choice fills what there is.

The Lagrangian dual of the problem: rows that many people share are given a price, and each person
takes what gains most at these prices. Prices prove a bound whatever they are, so they need not be
the best ones. To come near those, choices are smoothed (everybody takes each group with a
probability, as in a logit model, at temperature ``beta``), which makes the dual smooth, and
L-BFGS lowers it while the temperature falls. The smoothing is that of Nesterov, "Smooth
minimization of non-smooth functions", Mathematical Programming 103 (2005), with entropy; the
descent is algorithm 7.4 of Nocedal and Wright, "Numerical Optimization" (2006).

H5, H6 and H2 are left out: what is proven without them holds with them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from scheduler.large.market import Market
from scheduler.large.region import Aim
from scheduler.large.seen_twice import SeenTwice
from scheduler.matrix import Floats
from scheduler.ragged import Ints, changes, second_best
from scheduler.waiting import Stop

HOUR = 60.0  # coaches' minutes are priced by the hour, so that all prices are of one size
MEMORY = 12  # steps that L-BFGS remembers
ENOUGH = 1e-6  # relative gain over ten steps below which a temperature is done with


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
        options = market.options
        usable = np.flatnonzero(market.usable)
        measure = market.measure[options.group[usable]]
        self.options = usable[np.lexsort((measure, options.participant[usable]))]
        self._p = options.participant[self.options]
        self._g = options.group[self.options]
        measure = market.measure[self._g]
        new = changes(self._p) | changes(measure)
        self._measure_start = np.flatnonzero(new)
        self._measure = np.cumsum(new) - 1
        people = self._p[self._measure_start]
        new = changes(people)
        self._person_start = np.flatnonzero(new)
        self._person_of_measure = np.cumsum(new) - 1
        self.people = people[self._person_start]
        self._most = market.max_groups[self.people]
        self._index_coaches()
        self._index_sides()
        self._twice = SeenTwice(market, self.options, self._visit_class, self._coach)
        priced = (market.capacity, market.caseload, market.caseload)
        sizes = [len(row) for row in (*priced, self._where_unit, self._room_most, self._side_high)]
        self._ends = [0, *np.cumsum(sizes).tolist()]

    def _index_coaches(self) -> None:
        market = self._market
        self._coached = np.flatnonzero(market.option_class[self.options] >= 0)
        klass = market.option_class[self.options[self._coached]]
        classes, self._class = np.unique(klass, return_inverse=True)
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

    def lowered(
        self,
        at: Floats,
        aim: Aim,
        temperatures: Sequence[float],
        steps: int,
        should_stop: Stop,
        *,
        are_near: bool,
    ) -> Floats:
        """Better prices than ``at`` for the aim, temperature by temperature.

        Temperatures are of the size of what the aim counts; ``steps`` are for each of them. From
        prices that ``are_near`` the best, each temperature goes on from the prices of the last.
        """
        before = None
        for beta in temperatures:
            if before is not None and are_near:
                at = self._settled(at, before)
            elif before is not None:
                # High temperatures price everything: what costs nothing stays below, in proportion.
                at = np.where(at < 0, at * beta / before, at)
            before = beta

            def smooth(z: Floats, beta: float = beta) -> tuple[float, Floats]:
                return self._smooth(z, aim, beta)

            at = _descent(smooth, at, beta, steps, should_stop)
        return self._settled(at, beta)

    def _settled(self, at: Floats, beta: float) -> Floats:
        """The multipliers that a point stands for: at least 0 where a row has one side."""
        found = _soft(at, beta)
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
        market, y = self._market, self._parts(prices)
        before_visits, cost, best = self._charged(y)
        price = before_visits.copy()
        if len(self._coached):
            price[self._coached] += best[self._class]
        place, worth = aim.place[self.people], aim.worth[self.options]
        gain = np.maximum.reduceat(worth - price, self._measure_start)
        top = np.maximum.reduceat(gain, self._person_start)
        rest = np.add.reduceat(np.maximum(gain, 0.0), self._person_start) - np.maximum(top, 0.0)
        second = self._second(gain, top)[0]
        # H8 counts a coach's person once, prices each group: exact for two, generous for more.
        twice = self._twice.gains(worth - before_visits, cost, y.people, len(market.weight))
        second = np.maximum(np.maximum(second, twice[self.people] - top), 0.0)
        once = np.zeros(len(market.max_groups))
        np.maximum.at(once, market.twice_person, y.people[market.twice_coach])
        rest += once[self.people] * np.maximum(self._most - 1, 0)
        more = np.where(self._most > 2, rest, np.where(self._most > 1, second, 0.0))
        total = float(np.maximum(place + top + more, 0.0).sum())
        total += float(market.capacity @ y.groups + market.caseload @ y.people)
        total += float(market.coach_minutes @ y.hours) / HOUR
        most = np.zeros(len(market.unit_minutes))
        np.maximum.at(most, self._where_unit, self._where_worth(y))
        return total + float(most.sum() + self._side_high @ y.sides)

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

    def _smooth(self, z: Floats, aim: Aim, beta: float) -> tuple[float, Floats]:
        """The smoothed dual at z, and its gradient."""
        market = self._market
        slope = np.zeros(len(z))
        y, down = self._parts(_soft(z, beta)), self._parts(_share(z, beta))
        grad = self._parts(slope)
        y.sides = np.where(self._side_equal, self._parts(z).sides, y.sides)
        down.sides = np.where(self._side_equal, 1.0, down.sides)
        price, cost, best = self._charged(y)
        units = cost
        if len(self._coached):
            weight = np.exp((best[self._owner] - cost) / beta)
            total = np.add.reduceat(weight, self._class_start)
            price[self._coached] += (best - beta * np.log(total))[self._class]
            units = weight / total[self._owner]
        place, worth = aim.place[self.people], aim.worth[self.options]
        value, taken = self._choices(place, worth - price, beta)
        value += float(market.capacity @ y.groups + market.caseload @ y.people)
        value += float(market.coach_minutes @ y.hours) / HOUR + float(self._side_high @ y.sides)
        grad.people += market.caseload
        grad.hours += market.coach_minutes / HOUR
        grad.groups += market.capacity - np.bincount(self._g, taken, minlength=len(market.capacity))
        grad.sides += self._side_high - np.bincount(
            self._side, self._side_value * taken[self._side_option], minlength=len(y.sides)
        )
        if len(self._coached):
            value += self._coaches(y, grad, units, taken, beta)
        for part in ("groups", "people", "hours", "places", "rooms", "sides"):
            getattr(grad, part)[:] *= getattr(down, part)
        return value, slope

    def _coaches(self, y: _Parts, grad: _Parts, units: Floats, taken: Floats, beta: float) -> float:
        """The value of where coaches are, and their part of the gradient."""
        market = self._market
        worth = self._where_worth(y)
        top = np.zeros(len(market.unit_minutes))
        np.maximum.at(top, self._where_unit, worth)
        weight = np.exp((worth - top[self._where_unit]) / beta)
        total = np.exp(-top / beta) + np.bincount(self._where_unit, weight, minlength=len(top))
        there = weight / total[self._where_unit]
        demand = np.bincount(self._class, taken[self._coached], minlength=len(self._class_start))
        visits = demand[self._owner] * units
        hours = visits * self._hours
        num = len(market.caseload)
        grad.people -= np.bincount(self._coach, visits, minlength=num)
        grad.hours -= np.bincount(self._coach, hours, minlength=num)
        grad.places += self._where_hours * there
        grad.places -= np.bincount(self._where, hours, minlength=len(there))
        grad.rooms += self._room_most * there[self._room_where]
        grad.rooms -= np.bincount(self._room, visits, minlength=len(self._room_most))
        return float((top + beta * np.log(total)).sum())

    def _choices(self, place: Floats, gain: Floats, beta: float) -> tuple[float, Floats]:
        """The smoothed value of everybody's best choice, and the probability of each option.

        Up to two groups of different measures: with z the exponentials of the measures' gains,
        one group counts for E1 = sum z, two for E2 = sum of products z z'.
        """
        owner = self._person_of_measure
        best = np.maximum.reduceat(gain, self._measure_start)
        weight = np.exp((gain - best[self._measure]) / beta)
        total = np.add.reduceat(weight, self._measure_start)
        measure = best + beta * np.log(total)
        top = np.maximum.reduceat(measure, self._person_start)
        z = np.exp((measure - top[owner]) / beta)
        one = np.add.reduceat(z, self._person_start)
        second, first = self._second(measure, top)
        known = np.where(np.isfinite(second), second, top - 700 * beta)
        others = measure.copy()
        others[first] = -np.inf
        other = np.exp((others - known[owner]) / beta)  # of all but the best, by the second
        sum_, squares = (np.add.reduceat(a, self._person_start) for a in (other, other * other))
        ratio = np.exp((known - top) / beta)
        inner = sum_ + ratio * (sum_ * sum_ - squares) / 2
        first_log = (place + top) / beta + np.log(one)
        pair_log = np.full(len(top), -np.inf)
        several = (self._most > 1) & (sum_ > 0)
        pair_log[several] = (place + top + known)[several] / beta + np.log(inner[several])
        peak = np.maximum(np.maximum(first_log, pair_log), 0.0)
        single, pair = np.exp(first_log - peak), np.exp(pair_log - peak)
        all_ = np.exp(-peak) + single + pair
        single, pair = single / all_, pair / all_
        with_other = z * (one[owner] - z)
        with_other[first] = ratio * sum_
        both = np.maximum(ratio * inner, 1e-300)
        share = single[owner] * z / one[owner] + pair[owner] * with_other / both[owner]
        taken = share[self._measure] * weight / total[self._measure]
        return float(beta * (peak + np.log(all_)).sum()), taken


def _soft(z: Floats, beta: float) -> Floats:
    """A smooth max(z, 0)."""
    found: Floats = np.maximum(z, 0.0) + beta * np.log1p(np.exp(-np.abs(z) / beta))
    return found


def _share(z: Floats, beta: float) -> Floats:
    """The derivative of the smooth maximum."""
    found: Floats = 1.0 / (1.0 + np.exp(np.clip(-z / beta, -700.0, 700.0)))
    return found


def _descent(
    function: Callable[[Floats], tuple[float, Floats]],
    at: Floats,
    first_step: float,
    steps: int,
    should_stop: Stop,
) -> Floats:
    """L-BFGS with a backtracking line search."""
    moves: list[tuple[Floats, Floats, float]] = []
    value, slope = function(at)
    history = [value]
    for _ in range(steps):
        if should_stop():
            break
        way = slope.copy()
        factors = []
        for move, change, curve in reversed(moves):
            factor = _dot(move, way) / curve
            factors.append(factor)
            way -= factor * change
        if moves:
            move, change, curve = moves[-1]
            way *= curve / _dot(change, change)
        else:
            way *= first_step / max(float(np.abs(slope).max()), 1e-12)
        for (move, change, curve), factor in zip(moves, reversed(factors), strict=True):
            way += move * (factor - _dot(change, way) / curve)
        descent = -_dot(slope, way)
        size = 1.0
        for _ in range(12):
            new = at - size * way
            new_value, new_slope = function(new)
            if new_value <= value + 1e-4 * size * descent:
                break
            size *= 0.4
        else:
            break
        move, change = new - at, new_slope - slope
        curve = _dot(move, change)
        if curve > 1e-10 * math.sqrt(_dot(move, move) * _dot(change, change)):
            moves = [*moves[1 - MEMORY :], (move, change, curve)]
        at, value, slope = new, new_value, new_slope
        history.append(value)
        if len(history) > 10 and history[-11] - value < ENOUGH * abs(value):
            break
    return at


def _dot(one: Floats, other: Floats) -> float:
    """The scalar product. Not by BLAS: its threads wait busily, in the way of our own workers."""
    return float((one * other).sum())
