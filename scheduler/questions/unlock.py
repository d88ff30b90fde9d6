"""What would place this person: the smallest changes, each seen to do it in a whole plan."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from scheduler.occupancy import Reason
from scheduler.problem import Coach, Group, Participant
from scheduler.questions import changes
from scheduler.questions.changes import Change
from scheduler.questions.places import CURABLE, Place, failing_rules, place_beside, place_in
from scheduler.questions.published import Published

TRAVEL_STEPS = (30, 60)  # minutes
ANY_CURE = frozenset().union(*(kind.cures for kind in changes.KINDS))


@dataclass(frozen=True, slots=True)
class Way:
    """Changes with which the person has the place, as its moves say; nobody loses a group."""

    changes: tuple[Change, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Ways:
    participant: str
    ways: tuple[Way, ...]  # the smallest first


class AlreadyPlacedError(ValueError):
    """The person has a group."""


def what_would_place(published: Published, participant: str) -> Ways:
    """The smallest changes that give an unplaced person a place, one way for each.

    Told are the best place to be had as things are, by an exchange perhaps, and every single
    change with which the person can join, all else in the plan unchanged. Where there are none of
    these: single changes that allow an exchange with one other person. Where there are none of
    these either: every two changes for one group with which the person can join. The changes
    tried are those of ``changes.KINDS``, about a wished group, its coaches and the person; bans
    are not lifted. Of a change that opens several groups the place is told that touches fewest
    others, then the best one. That nothing is told does not say that nothing would do.

    Fewest changes come first, then by the kinds' order, then fewest minutes. Raises
    ``UnknownParticipantError``, ``AlreadyPlacedError``.
    """
    p = published.position(participant)
    if participant in published.of_person:
        raise AlreadyPlacedError(f"participant {participant} has a group")
    search = _Search(published, p)
    ways = [*search.with_none(), *search.with_one()]
    ways = ways or [*search.with_one(exchanging=True)] or [*search.with_two()]
    ways.sort(key=lambda way: (len(way.changes), [changes.order(c) for c in way.changes]))
    return Ways(participant, tuple(ways))


class _Search:
    def __init__(self, published: Published, p: int) -> None:
        self.published, self.p = published, p
        self._supposed: dict[Change, Published] = {}
        self.reasons = {g: _reasons(published, p, g) for g in sorted(published.wished(p))}

    def with_none(self) -> Iterator[Way]:
        places = [self.place(self.published, g, exchanging=True) for g in self.reasons]
        yield from _best((), self.published, places)

    def with_one(self, *, exchanging: bool = False) -> Iterator[Way]:
        others = CURABLE if exchanging else frozenset[str]()
        groups: dict[Change, list[int]] = {}
        for g, reasons in self.reasons.items():
            for change in _cures(self.published, self.p, g, reasons):
                if _rules(reasons) <= change.cures | others:
                    groups.setdefault(change, []).append(g)
        for change, opened in groups.items():
            supposed = self.supposing(change)
            places = [self.place(supposed, g, exchanging=exchanging) for g in opened]
            yield from _best((change,), supposed, places)

    def place(self, supposed: Published, g: int, *, exchanging: bool = False) -> Place | None:
        if exchanging:
            found = place_in(supposed, self.p, g)
            return found if isinstance(found, Place) else None
        if failing_rules(supposed, self.p, g):
            return None
        return place_beside(supposed, self.p, g)

    def with_two(self) -> Iterator[Way]:
        groups: dict[tuple[Change, ...], list[int]] = {}
        for g, reasons in self.reasons.items():
            if not _rules(reasons) <= ANY_CURE:
                continue
            for first in _cures(self.published, self.p, g, reasons):
                supposed = self.supposing(first)
                left = _reasons(supposed, self.p, g)
                for second in _cures(supposed, self.p, g, left):
                    if _rules(left) <= second.cures:
                        both = tuple(sorted((first, second), key=changes.order))
                        groups.setdefault(both, []).append(g)
        for both, opened in groups.items():
            supposed = self.published.supposing(changes.applied(self.published.problem, both))
            places = [self.place(supposed, g) for g in dict.fromkeys(opened)]
            yield from _best(both, supposed, places)

    def supposing(self, change: Change) -> Published:
        if change not in self._supposed:
            problem = change.applied(self.published.problem)
            self._supposed[change] = self.published.supposing(problem)
        return self._supposed[change]


def _rules(reasons: list[Reason]) -> frozenset[str]:
    """The rules to lift; whether those kept together fit, only a plan with all of them shows.

    H2 counts the person alone: friends who come too may be enough to open the group.
    """
    found = frozenset(reason["rule"] for reason in reasons)
    return found - {"H2", "H12"} if "H12" in found else found


def _reasons(published: Published, p: int, g: int) -> list[Reason]:
    """Every rule that fails, of R2 to R6 and of H1 to H13."""
    return failing_rules(published, p, g) + published.occupancy.broken(p, g)


def _best(
    made: tuple[Change, ...], supposed: Published, places: Iterable[Place | None]
) -> Iterator[Way]:
    """The place that touches fewest others, of these the best, if there is one."""
    found = [place for place in places if place is not None]
    if found:
        worth = supposed.gains.worth
        yield Way(made, max(found, key=lambda place: (-len(place.touched), worth(place.gains))))


def _cures(published: Published, p: int, g: int, reasons: list[Reason]) -> Iterator[Change]:
    """The changes that can lift one of the reasons."""
    person, group = published.problem.participants[p], published.problem.groups[g]
    rules = {reason["rule"] for reason in reasons}
    if rules & changes.MorePlaces.cures:
        yield changes.MorePlaces(group.id)
    timetable = published.facts.timetables[group.id]
    for reason in reasons:
        if reason["rule"] == "R2":
            tag, first, last = reason["tag"], timetable.first, timetable.last
            yield changes.Certificate(person.id, tag, first, last)
        if reason["rule"] == "R4":
            longer = reason["minutes"] - reason["max"]
            enough = [minutes for minutes in TRAVEL_STEPS if minutes >= longer]
            yield from (changes.LongerTravel(person.id, minutes) for minutes in enough[:1])
    if rules & changes.FreeHalfDay.cures and person.availability is not None:
        yield from (changes.FreeHalfDay(person.id, window) for window in changes.HALF_DAYS)
    if rules & changes.SmallerMinimum.cures and group.min_size > 0:
        yield changes.SmallerMinimum(group.id)
    if rules & changes.CoachHalfDay.cures and group.coaching is not None:
        for coach in published.problem.coaches:
            if published.facts.coach_fits(coach, person, group):
                yield from _of_coach(published, coach, person, group)


def _of_coach(
    published: Published, coach: Coach, person: Participant, group: Group
) -> Iterator[Change]:
    assert group.coaching is not None
    fits = published.facts.window_fits
    if any(fits(window, person, group) for window in coach.availability):
        yield changes.LargerCaseload(coach.id)
        yield changes.MoreCoachMinutes(coach.id, group.coaching.visit_minutes)
    for window in changes.HALF_DAYS:
        if fits(window, person, group) and not any(
            own.day == window.day and own.start < window.end and window.start < own.end
            for own in coach.availability
        ):
            yield changes.CoachHalfDay(coach.id, window)
