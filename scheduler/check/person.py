"""What R1 to R5 say of one person and a group: what groups or people share is found out once.

Plain Python on purpose, and nothing in common with the model: an error of the model must not be
repeated here.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from scheduler.problem import Group, Horizon, Participant, Place, Policy, Travel, Window

EARTH_RADIUS_KM = 6371.0088
Stretch = tuple[int, int, int]  # weekday, start, end
Requirement = tuple[frozenset[str], date, date]  # tags, first and last day


@dataclass(frozen=True, slots=True)
class Meeting:
    """A slot as integers: its day, and its moments in minutes since midnight."""

    day: date
    start: int
    end: int


class Timetable:
    """The slots of one group, looked at in the ways the rules need."""

    def __init__(self, group: Group, horizon: Horizon, min_attendance: float) -> None:
        self.needed = math.ceil(min_attendance * len(group.slots) - 1e-9)
        self.meetings = [
            Meeting(
                slot.start.date(),
                slot.start.hour * 60 + slot.start.minute,
                slot.end.hour * 60 + slot.end.minute,
            )
            for slot in group.slots
        ]
        self.by_day: dict[date, list[Meeting]] = defaultdict(list)
        self.week_minutes: dict[tuple[int, int], int] = defaultdict(int)
        patterns: dict[tuple[int, int, int], list[date]] = defaultdict(list)
        for meeting in self.meetings:
            self.by_day[meeting.day].append(meeting)
            self.week_minutes[meeting.day.isocalendar()[:2]] += meeting.end - meeting.start
            patterns[meeting.day.weekday(), meeting.start, meeting.end].append(meeting.day)
        self.patterns = {pattern: sorted(days) for pattern, days in patterns.items()}
        self.days_by_weekday: dict[int, list[date]] = defaultdict(list)
        for day in self.by_day:
            self.days_by_weekday[day.weekday()].append(day)
        self.first = min(self.by_day, default=horizon.start)
        self.last = max(self.by_day, default=horizon.end)
        self.most_in_a_week = max(self.week_minutes.values(), default=0)


def requirement(group: Group, timetable: Timetable) -> Requirement:
    """R2: what a certificate must cover."""
    return (group.requires, timetable.first, timetable.last)


def travel_minutes(travel: Travel, here: Place | None, there: Place | None) -> int:
    """Whole minutes from one place to another; 0 where one of them is not known."""
    if here is None or there is None:
        return 0
    lat1, lat2 = math.radians(here.lat), math.radians(there.lat)
    half = (
        math.sin((lat2 - lat1) / 2) ** 2
        + math.cos(lat1) * math.cos(lat2) * math.sin(math.radians(there.lon - here.lon) / 2) ** 2
    )
    km = 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(min(1.0, half)))
    return max(0, math.ceil(60 * travel.detour * km / travel.speed_kmh - 1e-9))


def merged(windows: tuple[Window, ...]) -> dict[int, list[tuple[int, int]]]:
    """Windows by weekday, those of a day that touch or overlap joined."""
    days: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for window in sorted(windows, key=lambda w: (w.day, w.start)):
        spans = days[window.day]
        if spans and window.start <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(spans[-1][1], window.end))
        else:
            spans.append((window.start, window.end))
    return days


class Shared:
    """What is found out of one person and true of all who are alike: free, away, certified."""

    def __init__(self) -> None:
        # By availability; by availability and absences; by certificates.
        self.is_free: defaultdict[object, dict[Stretch, bool]] = defaultdict(dict)
        self.attended: defaultdict[object, dict[Timetable, int]] = defaultdict(dict)
        self.missing: defaultdict[object, dict[Requirement, list[str]]] = defaultdict(dict)


class Person:
    """One participant; what is found out is ``shared`` with all who are alike."""

    def __init__(self, person: Participant, policy: Policy, shared: Shared) -> None:
        self.person = person
        self._policy = policy
        self._minutes: dict[str | None, int] = {}  # by venue
        self._is_free = shared.is_free[person.availability]
        self._attended = shared.attended[person.availability, person.absences]
        self._missing = shared.missing[person.holds]
        self._rank: dict[str | None, int] = {}  # by measure
        self._rank_of_group: dict[str, int] = {}
        for wish in sorted(person.wishes, key=lambda wish: -wish.rank):
            if wish.group is not None:
                self._rank_of_group[wish.group] = wish.rank
            else:
                self._rank[wish.measure] = wish.rank

    def rank(self, group: Group) -> int | None:
        """R1: the lowest rank of the wishes that the group satisfies; None where there is none."""
        rank = self._rank.get(group.measure)
        own = self._rank_of_group.get(group.id)
        return own if rank is None or (own is not None and own < rank) else rank

    def utility(self, group: Group) -> int:
        """The highest utility of the wishes that the group satisfies; 0 where there is none."""
        best = self._best_utility
        return max(best.get((group.measure, None), 0), best.get((None, group.id), 0))

    @cached_property
    def _best_utility(self) -> dict[tuple[str | None, str | None], int]:
        """By measure or group wished."""
        by_rank, best = self._policy.rank_utility, dict[tuple[str | None, str | None], int]()
        for w in self.person.wishes:
            utility = by_rank[min(w.rank, len(by_rank)) - 1] if w.utility is None else w.utility
            best[w.measure, w.group] = max(utility, best.get((w.measure, w.group), 0))
        return best

    def failing(self, group: Group, timetable: Timetable, place: Place | None) -> list[str]:
        """The labels of the rules R1 to R5 that the group fails, at these times and this place."""
        most = self.person.max_travel_minutes
        fails = {
            "R1": self.rank(group) is None,
            "R2": bool(self.missing_tags(requirement(group, timetable))),
            "R3": not self.person.needs <= group.offers,
            "R4": most is not None and self.travel(group.venue, place) > most,
            "R5": self.attended(timetable) < timetable.needed,
        }
        return [rule for rule, is_failing in fails.items() if is_failing]

    def missing_tags(self, required: Requirement) -> list[str]:
        """R2: the required tags that no single certificate covers from first to last."""
        if required not in self._missing:
            tags, first, last = required
            covered = {
                hold.tag
                for hold in self.person.holds
                if (hold.from_ is None or hold.from_ <= first)
                and (hold.until is None or hold.until >= last)
            }
            self._missing[required] = sorted(tags - covered)
        return self._missing[required]

    def travel(self, venue: str | None, place: Place | None) -> int:
        """R4: minutes from home to a venue."""
        minutes = self._minutes.get(venue)
        if minutes is None:
            minutes = travel_minutes(self._policy.travel, self.person.home, place)
            self._minutes[venue] = minutes
        return minutes

    def is_free(self, stretch: Stretch) -> bool:
        """Whether a stretch of a weekday lies in one of the windows, absences aside."""
        known = self._is_free.get(stretch)
        if known is None:
            known = self._is_free[stretch] = self._lies_in_a_window(*stretch)
        return known

    def _lies_in_a_window(self, weekday: int, start: int, end: int) -> bool:
        if self.person.availability is None:
            return True
        spans = self._windows.get(weekday, ())
        return any(first <= start and end <= last for first, last in spans)

    @cached_property
    def _windows(self) -> dict[int, list[tuple[int, int]]]:
        return merged(self.person.availability or ())

    def attended(self, timetable: Timetable) -> int:
        """R5: how many of the slots the person can attend."""
        count = self._attended.get(timetable)
        if count is None:
            count = 0
            for stretch, days in timetable.patterns.items():
                if self.is_free(stretch):
                    count += len(days) - self.num_away(days)
            self._attended[timetable] = count
        return count

    def num_away(self, days: Sequence[date]) -> int:
        """How many of these days, in order, lie in an absence."""
        if not self.person.absences:
            return 0
        away: set[int] = set()
        for first, last in self.person.absences:
            away.update(range(bisect_left(days, first), bisect_right(days, last)))
        return len(away)
