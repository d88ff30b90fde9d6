"""What a problem says about each pair of a participant and a group: R1 to R6 and their numbers.

Plain Python on purpose, and nothing in common with the model: an error of the model must not be
repeated here.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from scheduler.problem import Coach, Group, Horizon, Participant, Place, Problem, Window

EARTH_RADIUS_KM = 6371.0088


@dataclass(frozen=True, slots=True)
class Meeting:
    """A slot as integers: its day, and its moments in minutes since midnight."""

    day: date
    start: int
    end: int


class Timetable:
    """The slots of one group, looked at in the ways the rules need."""

    def __init__(self, group: Group, horizon: Horizon) -> None:
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


def travel_minutes(problem: Problem, here: Place | None, there: Place | None) -> int:
    """Whole minutes from one place to another; 0 where one of them is not known."""
    if here is None or there is None:
        return 0
    lat1, lat2 = math.radians(here.lat), math.radians(there.lat)
    half = (
        math.sin((lat2 - lat1) / 2) ** 2
        + math.cos(lat1) * math.cos(lat2) * math.sin(math.radians(there.lon - here.lon) / 2) ** 2
    )
    km = 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(min(1.0, half)))
    travel = problem.policy.travel
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


class _Memo:
    """What was found out of the participant asked about last: pairs are looked at in turn."""

    def __init__(self, person: Participant | None) -> None:
        self.person = person
        self.travel: dict[str, int] = {}  # by venue
        self.is_free: dict[tuple[int, int, int], bool] = {}  # by weekday, start and end


class Facts:
    """The problem indexed by id, and what the rules say about its pairs."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.participants = {person.id: person for person in problem.participants}
        self.groups = {group.id: group for group in problem.groups}
        self.coaches = {coach.id: coach for coach in problem.coaches}
        self.places = {venue.id: venue.place for venue in problem.venues}
        self.timetables = {group.id: Timetable(group, problem.horizon) for group in problem.groups}
        self.pins = {(pin.participant, pin.group): pin for pin in problem.pins}
        self.bans = {(ban.participant, ban.group) for ban in problem.bans}
        self.by_measure: dict[str, list[Group]] = defaultdict(list)
        for group in problem.groups:
            self.by_measure[group.measure].append(group)
        self._free: dict[tuple[Window, ...], dict[int, list[tuple[int, int]]]] = {}
        self._between: dict[tuple[str, str], int] = {}
        self._clashes: dict[tuple[str, str], bool] = {}
        self._last = _Memo(None)

    def _memo(self, person: Participant) -> _Memo:
        if self._last.person is not person:
            self._last = _Memo(person)
        return self._last

    # R1

    def rank(self, person: Participant, group: Group) -> int | None:
        """The lowest rank of the wishes that the group satisfies; None where there is none."""
        ranks = [w.rank for w in person.wishes if group.id == w.group or group.measure == w.measure]
        return min(ranks, default=None)

    def utility(self, person: Participant, group: Group) -> int:
        """The highest utility of the wishes that the group satisfies; 0 where there is none."""
        by_rank = self.problem.policy.rank_utility
        return max(
            (
                by_rank[min(w.rank, len(by_rank)) - 1] if w.utility is None else w.utility
                for w in person.wishes
                if group.id == w.group or group.measure == w.measure
            ),
            default=0,
        )

    @cached_property
    def worst_rank(self) -> int:
        """The highest rank among all wishes, 0 without any."""
        return max((w.rank for p in self.problem.participants for w in p.wishes), default=0)

    # R2, R3

    def missing_tags(self, person: Participant, group: Group) -> list[str]:
        """The required tags that no single certificate of the person covers from first to last."""
        timetable = self.timetables[group.id]
        first, last = timetable.first, timetable.last
        covered = {
            hold.tag
            for hold in person.holds
            if (hold.from_ is None or hold.from_ <= first)
            and (hold.until is None or hold.until >= last)
        }
        return sorted(group.requires - covered)

    # R4

    def travel(self, person: Participant, group: Group) -> int:
        """Minutes from the person's home to the group's venue."""
        if group.venue is None or person.home is None:
            return 0
        known = self._memo(person).travel
        if group.venue not in known:
            there = self.places[group.venue]
            known[group.venue] = travel_minutes(self.problem, person.home, there)
        return known[group.venue]

    def between(self, one: Group, other: Group) -> int:
        """Minutes between the venues of two groups."""
        if one.venue is None or other.venue is None or one.venue == other.venue:
            return 0
        key = (one.venue, other.venue)
        if key not in self._between:
            self._between[key] = travel_minutes(
                self.problem, self.places[one.venue], self.places[other.venue]
            )
        return self._between[key]

    # R5

    def free(self, person: Participant) -> dict[int, list[tuple[int, int]]] | None:
        """The person's merged windows by weekday; None for always free."""
        if person.availability is None:
            return None
        if person.availability not in self._free:
            self._free[person.availability] = merged(person.availability)
        return self._free[person.availability]

    def is_free(self, person: Participant, weekday: int, start: int, end: int) -> bool:
        """Whether a stretch of a weekday lies in one of the person's windows, absences aside."""
        known = self._memo(person).is_free
        stretch = (weekday, start, end)
        if stretch not in known:
            free = self.free(person)
            known[stretch] = free is None or any(
                first <= start and end <= last for first, last in free.get(weekday, ())
            )
        return known[stretch]

    def attended(self, person: Participant, group: Group) -> int:
        """How many of the group's slots the person can attend."""
        count = 0
        for (weekday, start, end), days in self.timetables[group.id].patterns.items():
            if not self.is_free(person, weekday, start, end):
                continue
            count += len(days)
            away: set[int] = set()
            for first, last in person.absences:
                away.update(range(bisect_left(days, first), bisect_right(days, last)))
            count -= len(away)
        return count

    def needed(self, group: Group) -> int:
        """How many of the group's slots must be attended."""
        return math.ceil(self.problem.policy.min_attendance * len(group.slots) - 1e-9)

    # Together

    def failing(self, person: Participant, group: Group) -> Iterator[str]:
        """The labels of the rules R1 to R6 that the pair fails."""
        if self.rank(person, group) is None:
            yield "R1"
        if group.requires and self.missing_tags(person, group):
            yield "R2"
        if not person.needs <= group.offers:
            yield "R3"
        most = person.max_travel_minutes
        if most is not None and self.travel(person, group) > most:
            yield "R4"
        if self.attended(person, group) < self.needed(group):
            yield "R5"
        if (person.id, group.id) in self.bans:
            yield "R6"

    def is_option(self, person: Participant, group: Group) -> bool:
        """Whether the pair may be assigned: R1 to R6 hold, or it is pinned."""
        if (person.id, group.id) in self.pins:
            return True
        return next(self.failing(person, group), None) is None

    def clash(self, one: Group, other: Group) -> bool:
        """H5: whether nobody can be in both groups, the way from one to the other included."""
        key = (one.id, other.id) if one.id < other.id else (other.id, one.id)
        if key not in self._clashes:
            way = self.between(one, other)
            there = self.timetables[other.id].by_day
            self._clashes[key] = any(
                not (a.end + way <= b.start or b.end + way <= a.start)
                for a in self.timetables[one.id].meetings
                for b in there.get(a.day, ())
            )
        return self._clashes[key]

    def week_minutes(self, groups: list[Group]) -> dict[tuple[int, int], int]:
        """H6: minutes of all slots of the groups, by ISO year and week."""
        total: dict[tuple[int, int], int] = defaultdict(int)
        for group in groups:
            for week, minutes in self.timetables[group.id].week_minutes.items():
                total[week] += minutes
        return total

    def coach_fits(self, coach: Coach, person: Participant, group: Group) -> bool:
        """H7 without the times: the coach has the skills and goes to the venue."""
        return (
            group.coaching is not None
            and group.coaching.skills | person.coach_skills <= coach.skills
            and (coach.venues is None or group.venue in coach.venues)
        )

    def window_fits(self, window: Window, person: Participant, group: Group) -> bool:
        """H7: on each date of that weekday an attended slot holds the window."""
        timetable = self.timetables[group.id]
        days = timetable.days_by_weekday.get(window.day)
        pinned = (person.id, group.id) in self.pins
        return bool(days) and all(
            any(
                meeting.start <= window.start
                and window.end <= meeting.end
                and (pinned or self.is_free(person, window.day, meeting.start, meeting.end))
                for meeting in timetable.by_day[day]
            )
            for day in days or ()
        )
