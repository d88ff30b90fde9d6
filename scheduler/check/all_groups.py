"""What R2 to R6 say of one person and all groups at once, for where thousands are asked about.

What people of a kind and groups of a kind share is asked of ``person.py`` once, where that takes
more than a comparison, and put together here; R4's formula and R5's sum are stated again.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scheduler.check.facts import Facts
from scheduler.check.person import EARTH_RADIUS_KM, Person, requirement
from scheduler.problem import Participant, Place

RULES = ("R2", "R3", "R4", "R5", "R6")

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class AllGroups:
    """The groups of a problem, in its order (G,), by their kinds; ``position`` is that of an id."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        groups = facts.problem.groups
        self.position = {group.id: g for g, group in enumerate(groups)}
        self._requirements, self._requirement = _kinds(
            requirement(group, facts.timetables[group.id]) for group in groups
        )
        self._offers, self._offer = _kinds(group.offers for group in groups)
        places, self._place = _kinds(facts.places.get(group.venue) for group in groups)
        self._is_known = _bools(place is not None for place in places)
        self._lat, self._lon = np.array([_radians(place) for place in places]).reshape(-1, 2).T
        self._cos = np.cos(self._lat)
        self._timetables, self._timetable = _kinds(facts.timetables[group.id] for group in groups)
        self._needed = _ints(timetable.needed for timetable in self._timetables)
        patterns = [
            (t, stretch, tuple(days))
            for t, timetable in enumerate(self._timetables)
            for stretch, days in timetable.patterns.items()
        ]
        self._owner = _ints(t for t, _, _ in patterns)
        self._stretches, self._stretch = _kinds(stretch for _, stretch, _ in patterns)
        self._days, self._dates = _kinds(days for _, _, days in patterns)
        # By certificates, by needs and by absences: what they say of each kind of group or dates.
        self._lacks_tag: dict[object, Bools] = {}
        self._lacks_access: dict[object, Bools] = {}
        self._num_here: dict[object, Ints] = {}
        self._banned: dict[str, list[int]] = {}
        for ban in facts.problem.bans:
            self._banned.setdefault(ban.participant, []).append(self.position[ban.group])
        self._wished: dict[tuple[str | None, str | None], Ints] = {}

    def wished(self, measure: str | None, group: str | None) -> Ints:
        """R1: the positions of the groups that satisfy a wish."""
        key = (measure, group)
        if key not in self._wished:
            if group is not None:
                found = [self.position[group]]
            else:
                found = [self.position[g.id] for g in self._facts.by_measure.get(str(measure), ())]
            self._wished[key] = np.array(found, dtype=np.int64)
        return self._wished[key]

    def failing(self, participant: Participant) -> Bools:
        """Which of ``RULES`` fails with which group, shape (rules, G); pins aside."""
        about = self._facts.about(participant)
        fails = np.zeros((len(RULES), len(self._place)), dtype=bool)
        fails[0] = self._tags_missing(about)[self._requirement]
        fails[1] = self._access_missing(about)[self._offer]
        if participant.max_travel_minutes is not None:
            too_far = self._minutes(participant.home) > participant.max_travel_minutes
            fails[2] = too_far[self._place]
        fails[3] = (self._attended(about) < self._needed)[self._timetable]
        fails[4, self._banned.get(participant.id, [])] = True
        return fails

    def _tags_missing(self, about: Person) -> Bools:
        """R2, by kind of requirement."""
        holds = about.person.holds
        if holds not in self._lacks_tag:
            self._lacks_tag[holds] = _bools(map(bool, map(about.missing_tags, self._requirements)))
        return self._lacks_tag[holds]

    def _access_missing(self, about: Person) -> Bools:
        """R3, by kind of offer."""
        needs = about.person.needs
        if needs not in self._lacks_access:
            self._lacks_access[needs] = _bools(not needs <= offers for offers in self._offers)
        return self._lacks_access[needs]

    def _minutes(self, home: Place | None) -> Floats:
        """R4: whole minutes from home to each place; 0 where one of them is not known."""
        lat, lon = _radians(home)
        half = (
            np.sin((self._lat - lat) / 2) ** 2
            + math.cos(lat) * self._cos * np.sin((self._lon - lon) / 2) ** 2
        )
        km = 2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.minimum(1.0, half)))
        travel = self._facts.problem.policy.travel
        minutes: Floats = np.ceil(60 * travel.detour * km / travel.speed_kmh - 1e-9)
        return np.maximum(0.0, minutes) * (self._is_known & (home is not None))

    def _attended(self, about: Person) -> Ints:
        """R5: how many slots of each timetable the person can attend."""
        is_free = np.array([about.is_free(stretch) for stretch in self._stretches], dtype=bool)
        absences = about.person.absences
        if absences not in self._num_here:
            self._num_here[absences] = _ints(
                len(days) - about.num_away(days) for days in self._days
            )
        here = self._num_here[absences][self._dates] * is_free[self._stretch]
        attended = np.zeros(len(self._timetables), dtype=np.int64)
        np.add.at(attended, self._owner, here)
        return attended


def _kinds(values: Iterable[Any]) -> tuple[list[Any], Ints]:
    """The distinct values, and for each one given its position among them."""
    positions: dict[Any, int] = {}
    of_each = _ints(positions.setdefault(value, len(positions)) for value in values)
    return list(positions), of_each


def _radians(place: Place | None) -> tuple[float, float]:
    """Latitude and longitude; of a place that is not known it does not matter which."""
    return (0.0, 0.0) if place is None else (math.radians(place.lat), math.radians(place.lon))


def _bools(values: Iterable[bool]) -> Bools:
    return np.fromiter(values, dtype=bool)


def _ints(values: Iterable[int]) -> Ints:
    return np.fromiter(values, dtype=np.int64)
