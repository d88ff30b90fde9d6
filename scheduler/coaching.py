"""Who may be visited when (H7): units, and the classes of people who share them.

A *unit* is one window of one coach. Which units a person in a group may use depends on little
more than the group, so people are put into classes of the same units, and the model counts visits
a class and unit instead of one variable a person and coach. Only where the coach of one person
matters (two groups that share a coach, a previous or a pinned coach) has that coach a *mode*.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from scheduler.options import Span, is_within, merged
from scheduler.problem import Coach, Group, Participant, Problem, Window


@dataclass(frozen=True, slots=True)
class Unit:
    coach: int  # position in problem.coaches
    window: Window


class Visits:
    """The units of a problem and the questions of H7 about them."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.coach_index = {coach.id: c for c, coach in enumerate(problem.coaches)}
        self.units = [
            Unit(c, window)
            for c, coach in enumerate(problem.coaches)
            for window in sorted(coach.availability, key=lambda w: (w.day, w.start, w.end))
        ]
        self._of_group: dict[str, list[tuple[int, tuple[tuple[Span, ...], ...]]]] = {}
        self._of_person: dict[object, tuple[int, ...]] = {}

    def of_pair(
        self, participant: Participant, group: Group, *, pinned: bool, coach: str | None = None
    ) -> tuple[int, ...]:
        """The units in which H7 lets the pair be visited; only of ``coach`` if one is named."""
        key = (group.id, participant.coach_skills, None if pinned else participant.availability)
        units = self._of_person.get(key)
        if units is None:
            units = self._of_person[key] = tuple(self._fitting(participant, group, pinned))
        if coach is None:
            return units
        return tuple(u for u in units if self.units[u].coach == self.coach_index[coach])

    def _fitting(self, participant: Participant, group: Group, pinned: bool) -> Iterable[int]:
        always = pinned or participant.availability is None
        days = {} if always else merged(participant.availability or ())
        for u, dates in self._of_any(group):
            unit = self.units[u]
            if not participant.coach_skills <= self.problem.coaches[unit.coach].skills:
                continue
            free = days.get(unit.window.day, ())
            if always or all(any(is_within(slot, free) for slot in slots) for slots in dates):
                yield u

    def _of_any(self, group: Group) -> list[tuple[int, tuple[tuple[Span, ...], ...]]]:
        """Units that fit the group, each with the slots that contain its window, a date each."""
        found = self._of_group.get(group.id)
        if found is not None:
            return found
        assert group.coaching is not None
        days: dict[int, dict[int, list[Span]]] = {}
        for slot in group.slots:
            span = (slot.start.hour * 60 + slot.start.minute, slot.end.hour * 60 + slot.end.minute)
            dates = days.setdefault(slot.start.weekday(), {})
            dates.setdefault(slot.start.toordinal(), []).append(span)
        patterns = {day: {tuple(sorted(s)) for s in dates.values()} for day, dates in days.items()}
        found = []
        suited = {c for c, coach in enumerate(self.problem.coaches) if is_suited(coach, group)}
        for u, unit in enumerate(self.units):
            span = (unit.window.start, unit.window.end)
            if unit.coach not in suited or span[1] - span[0] < group.coaching.visit_minutes:
                continue
            around = {
                tuple(slot for slot in slots if is_within(span, [slot]))
                for slots in patterns.get(unit.window.day, ())
            }
            if around and all(around):
                found.append((u, tuple(sorted(around))))
        self._of_group[group.id] = found
        return found


def is_suited(coach: Coach, group: Group) -> bool:
    """Whether the coach has the group's skills and goes to its venue."""
    assert group.coaching is not None
    return group.coaching.skills <= coach.skills and (
        coach.venues is None or group.venue in coach.venues
    )
