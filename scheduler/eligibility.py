"""What rules R1 to R6 say of pairs, many at once.

``Eligibility`` holds what the rules need as arrays, indexed by position in
``problem.participants`` (P) and ``problem.groups`` (G). Each rule answers for many pairs (p, g) at
once, given as two arrays of positions.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from scheduler.problem import Group, Participant, Problem, Window
from scheduler.ragged import Bools, Ints, Ragged
from scheduler.travel import between, coordinates
from scheduler.windows import merged, minute_of

Value = TypeVar("Value")
ALWAYS = 1 << 40  # more than any number of a problem


class Eligibility:
    """The data of R1 to R6 for one problem, ready to be asked about pairs."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.group_index = {group.id: g for g, group in enumerate(problem.groups)}
        self.participant_index = {p.id: i for i, p in enumerate(problem.participants)}
        self.by_measure: dict[str, list[int]] = {}
        for g, group in enumerate(problem.groups):
            self.by_measure.setdefault(group.measure, []).append(g)
        self.fails: Mapping[str, Callable[[Ints, Ints], Bools]] = {
            "R2": self._fails_r2,
            "R3": self._fails_r3,
            "R4": self._fails_r4,
            "R5": self._fails_r5,
            "R6": self._fails_r6,
        }
        self._note_wishes()
        self._note_tags()
        self._note_places()
        self._note_times()
        self._banned = np.sort(self._keys(problem.bans))
        self._pinned = np.sort(self._keys(problem.pins))

    # -- R1 ---------------------------------------------------------------------------------

    def _note_wishes(self) -> None:
        problem, utilities = self.problem, self.problem.policy.rank_utility
        wishes = [wish for person in problem.participants for wish in person.wishes]
        by_rank = (0, *utilities)
        self.wishes = _numbered(len(person.wishes) for person in problem.participants)
        self.wish_person, _ = self.wishes.of_rows(np.arange(len(problem.participants)))
        self.wish_rank = _ints(wish.rank for wish in wishes)
        self.wish_utility = _ints(
            by_rank[min(wish.rank, len(utilities))] if wish.utility is None else wish.utility
            for wish in wishes
        )
        targets: dict[tuple[str | None, str | None], int] = {}
        self._wish_target = _ints(
            targets.setdefault((wish.measure, wish.group), len(targets)) for wish in wishes
        )
        self._target_groups = Ragged.of(
            self.by_measure.get(measure or "", ()) if group is None else (self.group_index[group],)
            for measure, group in targets
        )

    def wished(self, people: Ints) -> tuple[Ints, Ints]:
        """R1: the wishes of these people and their groups, a pair of positions for each.

        A group is there once for each wish that it satisfies.
        """
        _, wish = self.wishes.of_rows(people)
        owner, group = self._target_groups.of_rows(self._wish_target[wish])
        return wish[owner], group

    # -- R2 and R3 --------------------------------------------------------------------------

    def _note_tags(self) -> None:
        problem = self.problem
        people, groups = problem.participants, problem.groups
        tags: dict[str, int] = {}

        def number(tag: str) -> int:
            return tags.setdefault(tag, len(tags))

        holds = [hold for person in people for hold in person.holds]
        self._hold_tag = _ints(number(hold.tag) for hold in holds)
        self._hold_from = _ints(_ordinal(hold.from_, -ALWAYS) for hold in holds)
        self._hold_until = _ints(_ordinal(hold.until, ALWAYS) for hold in holds)
        self._holds = _numbered(len(person.holds) for person in people)
        self._requires = Ragged.of([number(tag) for tag in group.requires] for group in groups)
        self._needs, needs = _distinct(person.needs for person in people)
        self._offers, offers = _distinct(group.offers for group in groups)
        self._fits = _are_subsets(needs, offers)

    def _fails_r2(self, p: Ints, g: Ints) -> Bools:
        """R2: some required tag is covered by no single entry of ``holds`` over all the slots."""
        pair, tag = self._requires.of_rows(g)
        required, hold = self._holds.of_rows(p[pair])
        of_group = g[pair[required]]
        covers = (
            (self._hold_tag[hold] == tag[required])
            & (self._hold_from[hold] <= self._first_day[of_group])
            & (self._hold_until[hold] >= self._last_day[of_group])
        )
        is_covered = np.zeros(len(pair), dtype=bool)
        is_covered[required[covers]] = True
        fails = np.zeros(len(p), dtype=bool)
        fails[pair[~is_covered]] = True
        return fails

    def missing_tags(self, participant: Participant, group: Group) -> list[str]:
        """R2 for one pair: the required tags that no single entry of ``holds`` covers."""
        g = self.group_index[group.id]
        held = {
            hold.tag
            for hold in participant.holds
            if _ordinal(hold.from_, -ALWAYS) <= self._first_day[g]
            and _ordinal(hold.until, ALWAYS) >= self._last_day[g]
        }
        return sorted(group.requires - held)

    def _fails_r3(self, p: Ints, g: Ints) -> Bools:
        fails: Bools = ~self._fits[self._needs[p], self._offers[g]]
        return fails

    # -- R4 ---------------------------------------------------------------------------------

    def _note_places(self) -> None:
        problem = self.problem
        places = {venue.id: venue.place for venue in problem.venues}
        self._home = coordinates(person.home for person in problem.participants)
        self._place = coordinates(
            None if group.venue is None else places[group.venue] for group in problem.groups
        )
        self._most_travel = _ints(
            ALWAYS if person.max_travel_minutes is None else person.max_travel_minutes
            for person in problem.participants
        )

    def minutes(self, p: Ints, g: Ints) -> Ints:
        """Minutes from home to the group's venue."""
        return between(self._home[p], self._place[g], self.problem.policy.travel)

    def _fails_r4(self, p: Ints, g: Ints) -> Bools:
        fails: Bools = self.minutes(p, g) > self._most_travel[p]
        return fails

    # -- R5 ---------------------------------------------------------------------------------

    def _note_times(self) -> None:
        people, groups, horizon = (
            self.problem.participants,
            self.problem.groups,
            self.problem.horizon,
        )
        first, last = [], []
        patterns: list[tuple[tuple[int, int, int], tuple[int, ...]]] = []
        sizes = []
        for group in groups:
            days: dict[tuple[int, int, int], list[int]] = {}
            for slot in group.slots:
                times = (slot.start.weekday(), minute_of(slot.start), minute_of(slot.end))
                days.setdefault(times, []).append(slot.start.toordinal())
            patterns += [(times, tuple(sorted(dates))) for times, dates in days.items()]
            sizes.append(len(days))
            met = [day for dates in days.values() for day in dates]
            first.append(min(met, default=horizon.start.toordinal()))
            last.append(max(met, default=horizon.end.toordinal()))
        self._first_day, self._last_day = _ints(first), _ints(last)
        # A group's slots at one time of the week are one pattern: the time, and the dates.
        self._patterns = _numbered(sizes)
        self._pattern_kind, kinds = _distinct(times for times, _ in patterns)
        self._pattern_dates, dates_met = _distinct(dates for _, dates in patterns)
        share = self.problem.policy.min_attendance
        self.num_needed = _ints(math.ceil(share * len(g.slots) - 1e-9) for g in groups)
        self._availability, availabilities = _distinct(person.availability for person in people)
        self._is_free = _free(availabilities, kinds)
        self._absences, absences = _distinct(person.absences for person in people)
        self._num_here = _num_here(absences, dates_met)

    def attendable(self, p: Ints, g: Ints) -> Ints:
        """R5: how many slots within the person's windows, none in an absence."""
        pair, pattern = self._patterns.of_rows(g)
        person = p[pair]
        num = self._num_here[self._absences[person], self._pattern_dates[pattern]]
        num *= self._is_free[self._availability[person], self._pattern_kind[pattern]]
        return np.bincount(pair, weights=num, minlength=len(p)).astype(np.int64)

    def _fails_r5(self, p: Ints, g: Ints) -> Bools:
        fails: Bools = self.attendable(p, g) < self.num_needed[g]
        return fails

    # -- R6 and pins ------------------------------------------------------------------------

    def _keys(self, pairs: Iterable[Any]) -> Ints:
        index, width = self.participant_index, len(self.problem.groups)
        return _ints(
            index[pair.participant] * width + self.group_index[pair.group] for pair in pairs
        )

    def _fails_r6(self, p: Ints, g: Ints) -> Bools:
        return np.isin(p * len(self.problem.groups) + g, self._banned)

    def is_pinned(self, p: Ints, g: Ints) -> Bools:
        return np.isin(p * len(self.problem.groups) + g, self._pinned)

    def unwished_pins(self, people: Ints, p: Ints, g: Ints) -> Ints:
        """Pins of these people that are not among the pairs: rows participant, group."""
        width = len(self.problem.groups)
        theirs = self._pinned[np.isin(self._pinned // width, people)]
        return np.array(np.divmod(np.setdiff1d(theirs, p * width + g), width))

    # -- told ---------------------------------------------------------------------------------

    def explained(self, p: Ints, g: Ints) -> list[list[dict[str, Any]]]:
        """For each pair every rule of R2 to R6 that fails, with its data."""
        people, groups = self.problem.participants, self.problem.groups
        told: list[list[dict[str, Any]]] = [[] for _ in p]
        numbers = {"R4": self.minutes(p, g), "R5": self.attendable(p, g)}
        for rule, fails in self.fails.items():
            for i in np.flatnonzero(fails(p, g)).tolist():
                person, group = people[p[i]], groups[g[i]]
                if rule == "R2":
                    told[i] += [{"rule": rule, "tag": t} for t in self.missing_tags(person, group)]
                elif rule == "R3":
                    lacking = sorted(person.needs - group.offers)
                    told[i] += [{"rule": rule, "tag": tag} for tag in lacking]
                elif rule == "R4":
                    data = {"minutes": int(numbers[rule][i]), "max": person.max_travel_minutes}
                    told[i].append({"rule": rule, **data})
                elif rule == "R5":
                    data = {
                        "attendable": int(numbers[rule][i]),
                        "needed": int(self.num_needed[g[i]]),
                    }
                    told[i].append({"rule": rule, **data})
                else:
                    told[i].append({"rule": rule})
        return told


def _ints(numbers: Iterable[int]) -> Ints:
    return np.fromiter(numbers, dtype=np.int64)


def _ordinal(day: date | None, otherwise: int) -> int:
    return otherwise if day is None else day.toordinal()


def _numbered(sizes: Iterable[int]) -> Ragged:
    """Rows of these sizes, whose values count on from 0."""
    start = np.cumsum(_ints((0, *sizes)))
    return Ragged(start, np.arange(start[-1], dtype=np.int64))


def _distinct(values: Iterable[Value]) -> tuple[Ints, list[Value]]:
    """The distinct values, and for each one given its position among them."""
    positions: dict[Value, int] = {}
    of_each = _ints(positions.setdefault(value, len(positions)) for value in values)
    return of_each, list(positions)


def _are_subsets(inner: list[frozenset[str]], outer: list[frozenset[str]]) -> Bools:
    """Which of the inner sets lie in which of the outer, shape (inner, outer)."""
    tags = sorted(frozenset().union(*inner))
    has = np.array([[tag in some for tag in tags] for some in inner], dtype=np.int64)
    lacks = np.array([[tag not in some for tag in tags] for some in outer], dtype=np.int64)
    are: Bools = has.reshape(len(inner), len(tags)) @ lacks.reshape(len(outer), len(tags)).T == 0
    return are


def _free(
    availabilities: list[tuple[Window, ...] | None], kinds: list[tuple[int, int, int]]
) -> Bools:
    """Which weekly times (weekday, start, end) lie within which windows."""
    free = np.zeros((len(availabilities), len(kinds)), dtype=bool)
    owner, spans = [], []
    for a, windows in enumerate(availabilities):
        if windows is None:
            free[a] = True
            continue
        for day, merged_spans in merged(windows).items():
            for start, end in merged_spans:
                owner.append(a)
                spans.append((day, start, end))
    owners, (days, starts, ends) = _ints(owner), np.array(spans, dtype=np.int64).reshape(-1, 3).T
    for k, (day, start, end) in enumerate(kinds):
        free[owners[(days == day) & (starts <= start) & (end <= ends)], k] = True
    return free


def _num_here(
    absences: list[tuple[tuple[date, date], ...]], dates: list[tuple[int, ...]]
) -> NDArray[np.float32]:
    """How many of the dates lie in no absence, shape (absences, dates): whole numbers."""
    days, position = np.unique(_ints(day for some in dates for day in some), return_inverse=True)
    here = np.ones((len(absences), len(days)), dtype=np.float32)
    for a, periods in enumerate(absences):
        for first, last in periods:
            here[a, (days >= first.toordinal()) & (days <= last.toordinal())] = 0.0
    num = np.zeros((len(days), len(dates)), dtype=np.float32)
    owner = np.repeat(np.arange(len(dates)), [len(some) for some in dates])
    np.add.at(num, (position, owner), 1.0)
    return here @ num
