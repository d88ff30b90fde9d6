"""Who may be visited when (H7): units, and the classes of people who share them.

A *unit* is one window of one coach. Which units a person in a group may use depends on little
more than the group, so people are put into classes of the same units, and the model counts visits
a class and unit instead of one variable a person and coach. Only where the coach of one person
matters (two groups that share a coach, a previous or a pinned coach) has that coach a *mode*.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from scheduler.problem import Coach, Group, Participant, Problem, Slot, Window
from scheduler.result import Assignment
from scheduler.windows import is_within, merged, minute_of

Time = tuple[int, int, int]  # weekday, start, end


@dataclass(frozen=True, slots=True)
class Unit:
    coach: int  # position in problem.coaches
    window: Window


class Visits:
    """The units of a problem and the questions of H7 about them.

    Sets of weekly times at which coached groups meet are told as bits.
    """

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.coach_index = {coach.id: c for c, coach in enumerate(problem.coaches)}
        self.units = [
            Unit(c, window)
            for c, coach in enumerate(problem.coaches)
            for window in sorted(coach.availability, key=lambda w: (w.day, w.start, w.end))
        ]
        self._of_coach: dict[int, list[int]] = defaultdict(list)
        self._of_day: dict[int, list[int]] = defaultdict(list)
        for u, unit in enumerate(self.units):
            self._of_coach[unit.coach].append(u)
            self._of_day[unit.window.day].append(u)
        self._minutes = {g.id: g.coaching.visit_minutes for g in problem.groups if g.coaching}
        self._bit: dict[Time, int] = {}
        self._times: dict[str, int] = defaultdict(int)  # of a coached group
        for group in problem.groups:
            for slot in group.slots if group.coaching is not None else ():
                self._times[group.id] |= self._bit.setdefault(_time(slot), 1 << len(self._bit))
        self._free: dict[tuple[Window, ...] | None, int] = {None: -1}
        self._of_group: dict[str, list[tuple[int, set[int]]]] = {}
        self._of_class: dict[object, tuple[int, ...]] = {}

    def of_pair(
        self, participant: Participant, group: Group, *, pinned: bool, coach: str | None = None
    ) -> tuple[int, ...]:
        """The units in which H7 lets the pair be visited; only of ``coach`` if one is named."""
        free = self._times_in(None if pinned else participant.availability) & self._times[group.id]
        skills = participant.coach_skills
        key = (group.id, skills, free)
        units = self._of_class.get(key)
        if units is None:
            units = self._of_class[key] = tuple(self._fitting(group, skills, free))
        if coach is None:
            return units
        return tuple(u for u in units if self.units[u].coach == self.coach_index[coach])

    def unit_of(self, line: Assignment) -> int | None:
        """The unit in which a visit is; None where there is no visit, or it is in none."""
        visit = line.visit
        if line.coach is None or visit is None:
            return None
        for u in self._of_coach[self.coach_index[line.coach]]:
            window = self.units[u].window
            if window.day == visit.day and window.start <= visit.start and visit.end <= window.end:
                return u
        return None

    def timed(
        self, lines: Sequence[Assignment], units: Sequence[int | None]
    ) -> tuple[Assignment, ...]:
        """The lines with the coaches and visits of these units; None: not coached.

        The visits of a unit stand one behind the other. One of no minutes comes second: so it
        keeps off the window's ends where it can, for the next window may begin there.
        """
        found = list(lines)
        of_unit: dict[int, list[int]] = defaultdict(list)
        for i, u in enumerate(units):
            if u is not None:
                of_unit[u].append(i)
        for u, mine in of_unit.items():
            unit, elapsed = self.units[u], 0
            visits = [(i, self._minutes[lines[i].group]) for i in mine]
            lasting = [visit for visit in visits if visit[1]]
            passing = [visit for visit in visits if not visit[1]]
            for i, minutes in (*lasting[:1], *passing, *lasting[1:]):
                visit = visit_after(unit.window, elapsed, minutes)
                coach = self.problem.coaches[unit.coach].id
                found[i] = replace(lines[i], coach=coach, visit=visit)
                elapsed += minutes
        return tuple(found)

    def _fitting(self, group: Group, skills: frozenset[str], free: int) -> Iterator[int]:
        coaches = self.problem.coaches
        for u, dates in self._of_any(group):
            if all(times & free for times in dates) and (
                not skills or skills <= coaches[self.units[u].coach].skills
            ):
                yield u

    def _times_in(self, availability: tuple[Window, ...] | None) -> int:
        """The weekly times that lie in one of the windows."""
        found = self._free.get(availability)
        if found is None:
            days = merged(availability or ())
            found = self._free[availability] = sum(
                bit
                for (day, *span), bit in self._bit.items()
                if is_within((span[0], span[1]), days.get(day, ()))
            )
        return found

    def _of_any(self, group: Group) -> list[tuple[int, set[int]]]:
        """Units that fit the group, each with the times that contain its window, a date each."""
        if group.id in self._of_group:
            return self._of_group[group.id]
        assert group.coaching is not None
        days: dict[int, dict[int, set[Time]]] = {}
        for slot in group.slots:
            dates = days.setdefault(slot.start.weekday(), {})
            dates.setdefault(slot.start.toordinal(), set()).add(_time(slot))
        found = []
        suited = {c for c, coach in enumerate(self.problem.coaches) if is_suited(coach, group)}
        for day, dates in days.items():
            patterns = {frozenset(times) for times in dates.values()}
            for u in self._of_day[day]:
                window = self.units[u].window
                fits = window.end - window.start >= group.coaching.visit_minutes
                if self.units[u].coach in suited and fits:
                    around = {self._around(window, times) for times in patterns}
                    if all(around):
                        found.append((u, around))
        self._of_group[group.id] = found = sorted(found, key=lambda unit: unit[0])
        return found

    def _around(self, window: Window, times: Iterable[Time]) -> int:
        """Those of the times that contain the window."""
        return sum(
            self._bit[time] for time in times if time[1] <= window.start and window.end <= time[2]
        )


def visit_after(window: Window, elapsed: int, minutes: int) -> Window:
    """A visit of so many ``minutes`` that begins when ``elapsed`` of the window have gone by."""
    begin = window.start + elapsed
    if not minutes and not elapsed:
        begin += 1  # off the end of the window before
    return replace(window, start=begin, end=begin + minutes)


def _time(slot: Slot) -> Time:
    start, end = minute_of(slot.start), minute_of(slot.end)
    return slot.start.weekday(), start, end


def is_suited(coach: Coach, group: Group) -> bool:
    """Whether the coach has the group's skills and goes to its venue."""
    assert group.coaching is not None
    return group.coaching.skills <= coach.skills and (
        coach.venues is None or group.venue in coach.venues
    )
