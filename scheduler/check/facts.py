"""What a problem says about each pair of a participant and a group: R1 to R6 and their numbers.

Plain Python on purpose, and nothing in common with the model: an error of the model must not be
repeated here.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property

from scheduler.check.person import (
    Person,
    Shared,
    Stretch,
    Timetable,
    requirement,
    travel_minutes,
)
from scheduler.problem import Coach, Group, Participant, Place, Problem, Window

Dates = frozenset[tuple[Stretch, ...]]  # of each date the slots in question


class Facts:
    """The problem indexed by id, and what the rules say about its pairs."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.participants = {person.id: person for person in problem.participants}
        self.groups = {group.id: group for group in problem.groups}
        self.coaches = {coach.id: coach for coach in problem.coaches}
        self.places: dict[str | None, Place | None] = {v.id: v.place for v in problem.venues}
        shared: dict[object, Timetable] = {}  # one for all groups that meet at the same times
        for group in problem.groups:
            if group.slots not in shared:
                share = problem.policy.min_attendance
                shared[group.slots] = Timetable(group, problem.horizon, share)
        self.timetables = {group.id: shared[group.slots] for group in problem.groups}
        self.pins = {(pin.participant, pin.group): pin for pin in problem.pins}
        self._banned: dict[str, set[str]] = defaultdict(set)
        for ban in problem.bans:
            self._banned[ban.participant].add(ban.group)
        self.by_measure: dict[str, list[Group]] = defaultdict(list)
        for group in problem.groups:
            self.by_measure[group.measure].append(group)
        self._between: dict[tuple[str, str], int] = {}
        self._clashes: dict[tuple[str, str], bool] = {}
        self._shared = Shared()
        self._holding: dict[tuple[Timetable, Window], Dates] = {}
        self._last: Person | None = None

    def about(self, participant: Participant) -> Person:
        """What the rules say of one person; kept for the last one, since pairs come in turn."""
        last = self._last
        if last is None or last.person is not participant:
            last = self._last = Person(participant, self.problem.policy, self._shared)
        return last

    # R1

    def rank(self, person: Participant, group: Group) -> int | None:
        """The lowest rank of the wishes that the group satisfies; None where there is none."""
        return self.about(person).rank(group)

    def utility(self, person: Participant, group: Group) -> int:
        """The highest utility of the wishes that the group satisfies; 0 where there is none."""
        return self.about(person).utility(group)

    @cached_property
    def worst_rank(self) -> int:
        """The highest rank among all wishes, 0 without any."""
        return max((w.rank for p in self.problem.participants for w in p.wishes), default=0)

    # R2 to R5

    def missing_tags(self, person: Participant, group: Group) -> list[str]:
        """The required tags that no single certificate of the person covers from first to last."""
        return self.about(person).missing_tags(requirement(group, self.timetables[group.id]))

    def travel(self, person: Participant, group: Group) -> int:
        """Minutes from the person's home to the group's venue."""
        return self.about(person).travel(group.venue, self.places.get(group.venue))

    def between(self, one: Group, other: Group) -> int:
        """Minutes between the venues of two groups."""
        if one.venue is None or other.venue is None or one.venue == other.venue:
            return 0
        key = (one.venue, other.venue)
        if key not in self._between:
            self._between[key] = travel_minutes(
                self.problem.policy.travel, self.places[one.venue], self.places[other.venue]
            )
        return self._between[key]

    def attended(self, person: Participant, group: Group) -> int:
        """How many of the group's slots the person can attend."""
        return self.about(person).attended(self.timetables[group.id])

    def needed(self, group: Group) -> int:
        """How many of the group's slots must be attended."""
        return self.timetables[group.id].needed

    # Together

    def failing(self, person: Participant, group: Group) -> list[str]:
        """The labels of the rules R1 to R6 that the pair fails."""
        place = self.places.get(group.venue)
        found = self.about(person).failing(group, self.timetables[group.id], place)
        return [*found, "R6"] if group.id in self._banned.get(person.id, ()) else found

    def is_option(self, person: Participant, group: Group) -> bool:
        """Whether the pair may be assigned: R1 to R6 hold, or it is pinned."""
        if (person.id, group.id) in self.pins:
            return True
        return not self.failing(person, group)

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
        return self.attends(person, group, self.holding(window, group))

    def holding(self, window: Window, group: Group) -> Dates:
        """For each date of the window's weekday the slots that hold it, dates alike once.

        Empty where there is a date without any, or no date.
        """
        timetable = self.timetables[group.id]
        key = (timetable, window)
        if key not in self._holding:
            dates = frozenset(
                tuple(
                    (window.day, meeting.start, meeting.end)
                    for meeting in timetable.by_day[day]
                    if meeting.start <= window.start and window.end <= meeting.end
                )
                for day in timetable.days_by_weekday.get(window.day, ())
            )
            self._holding[key] = dates if all(dates) else frozenset()
        return self._holding[key]

    def attends(self, person: Participant, group: Group, dates: Dates) -> bool:
        """Whether the person, unless pinned, is free for one of the slots on each of the dates."""
        if not dates or (person.id, group.id) in self.pins:
            return bool(dates)
        is_free = self.about(person).is_free
        return all(any(map(is_free, slots)) for slots in dates)
