"""The small changes to a problem that can give somebody a place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, ClassVar

from scheduler.problem import Coach, Group, Hold, Participant, Problem, Window

COACH_RULES = frozenset({"H7", "H8", "H9", "H10"})
HALF_DAYS = tuple(
    Window(day, start, end) for day in range(7) for start, end in ((480, 720), (780, 1020))
)


@dataclass(frozen=True, slots=True)
class MorePlaces:
    """One place more in a group."""

    cures: ClassVar[frozenset[str]] = frozenset({"H1", "H12"})
    group: str

    def applied(self, problem: Problem) -> Problem:
        def larger(group: Group) -> Group:
            return replace(group, capacity=group.capacity + 1)

        return replace(problem, groups=_with(problem.groups, self.group, larger))


@dataclass(frozen=True, slots=True)
class LongerTravel:
    """So many minutes more that the person would travel."""

    cures: ClassVar[frozenset[str]] = frozenset({"R4"})
    participant: str
    minutes: int

    def applied(self, problem: Problem) -> Problem:
        def farther(person: Participant) -> Participant:
            most = person.max_travel_minutes
            return replace(person, max_travel_minutes=None if most is None else most + self.minutes)

        return replace(problem, participants=_with(problem.participants, self.participant, farther))


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate that the person holds from the first to the last date of a group."""

    cures: ClassVar[frozenset[str]] = frozenset({"R2"})
    participant: str
    tag: str
    from_: date
    until: date

    def applied(self, problem: Problem) -> Problem:
        def certified(person: Participant) -> Participant:
            held = Hold(self.tag, self.from_, self.until)
            return replace(person, holds=(*person.holds, held))

        return replace(
            problem, participants=_with(problem.participants, self.participant, certified)
        )


@dataclass(frozen=True, slots=True)
class FreeHalfDay:
    """Another half-day on which the person is free."""

    cures: ClassVar[frozenset[str]] = COACH_RULES | {"R5"}
    participant: str
    window: Window

    def applied(self, problem: Problem) -> Problem:
        def freer(person: Participant) -> Participant:
            if person.availability is None:
                return person
            return replace(person, availability=(*person.availability, self.window))

        return replace(problem, participants=_with(problem.participants, self.participant, freer))


@dataclass(frozen=True, slots=True)
class LargerCaseload:
    """One person more whom a coach follows."""

    cures: ClassVar[frozenset[str]] = COACH_RULES | {"H12"}
    coach: str

    def applied(self, problem: Problem) -> Problem:
        def larger(coach: Coach) -> Coach:
            return replace(coach, caseload=coach.caseload + 1)

        return replace(problem, coaches=_with(problem.coaches, self.coach, larger))


@dataclass(frozen=True, slots=True)
class MoreCoachMinutes:
    """One visit more a week by a coach."""

    cures: ClassVar[frozenset[str]] = COACH_RULES | {"H12"}
    coach: str
    minutes: int

    def applied(self, problem: Problem) -> Problem:
        def longer(coach: Coach) -> Coach:
            return replace(coach, minutes_per_week=coach.minutes_per_week + self.minutes)

        return replace(problem, coaches=_with(problem.coaches, self.coach, longer))


@dataclass(frozen=True, slots=True)
class CoachHalfDay:
    """Another half-day of a coach."""

    cures: ClassVar[frozenset[str]] = COACH_RULES | {"H12"}
    coach: str
    window: Window

    def applied(self, problem: Problem) -> Problem:
        def freer(coach: Coach) -> Coach:
            return replace(coach, availability=(*coach.availability, self.window))

        return replace(problem, coaches=_with(problem.coaches, self.coach, freer))


@dataclass(frozen=True, slots=True)
class SmallerMinimum:
    """A group that opens with one person less: as if one more person had wished it."""

    cures: ClassVar[frozenset[str]] = frozenset({"H2", "H12"})
    group: str

    def applied(self, problem: Problem) -> Problem:
        def smaller(group: Group) -> Group:
            return replace(group, min_size=group.min_size - 1)

        return replace(problem, groups=_with(problem.groups, self.group, smaller))


Change = (
    MorePlaces
    | LongerTravel
    | Certificate
    | FreeHalfDay
    | LargerCaseload
    | MoreCoachMinutes
    | CoachHalfDay
    | SmallerMinimum
)
# Of as many changes, the earlier kind comes first; of one kind, the fewer minutes.
KINDS: tuple[type[Change], ...] = (
    MorePlaces,
    LongerTravel,
    Certificate,
    FreeHalfDay,
    LargerCaseload,
    MoreCoachMinutes,
    CoachHalfDay,
    SmallerMinimum,
)


def applied(problem: Problem, changes: tuple[Change, ...]) -> Problem:
    """The problem with all of the changes made."""
    for change in changes:
        problem = change.applied(problem)
    return problem


def order(change: Change) -> tuple[Any, ...]:
    """A key by which changes are told: kind, minutes, and what they are about."""
    minutes = change.minutes if isinstance(change, LongerTravel | MoreCoachMinutes) else 0
    return (KINDS.index(type(change)), minutes, repr(change))


def _with(rows: tuple[Any, ...], id_: str, changed: Callable[[Any], Any]) -> tuple[Any, ...]:
    i = next(i for i, row in enumerate(rows) if row.id == id_)
    return (*rows[:i], changed(rows[i]), *rows[i + 1 :])
