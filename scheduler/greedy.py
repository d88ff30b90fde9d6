"""First come, first served: what a list worked through from the top would give.

A valid plan that everybody understands, to compare the best one with, and to start from.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from scheduler.check.facts import Facts
from scheduler.check.plan import holds_tag, window_of
from scheduler.problem import Coach, Group, Pair, Participant, Problem, Window
from scheduler.result import Assignment


def greedy(problem: Problem, begun: Iterable[Assignment] = ()) -> tuple[Assignment, ...] | None:
    """Assignments that obey every rule: participants in the problem's order, best rank first.

    ``begun`` is a plan to go on from. None where the pins could not be placed this way; another
    plan may still exist.
    """
    rest = _List(Facts(problem))
    rest.begin(begun)
    return rest.work_through()


@dataclass(frozen=True, slots=True)
class _Stay:
    """A person in a group, with the coach and the window of the visit where it is coached."""

    person: Participant
    group: Group
    coach: Coach | None = None
    window: Window | None = None


class _Load:
    """What a coach has taken on."""

    def __init__(self) -> None:
        self.people: Counter[str] = Counter()
        self.minutes = 0
        self.in_window: Counter[Window] = Counter()  # minutes
        self.venues: dict[Window, Counter[str]] = defaultdict(Counter)


class _List:
    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.problem = facts.problem
        self.stays: dict[tuple[str, str], _Stay] = {}
        self.groups_of: dict[str, list[Group]] = defaultdict(list)
        self.members: dict[str, list[Participant]] = defaultdict(list)
        self.loads = {coach.id: _Load() for coach in self.problem.coaches}
        self.counts = [0] * len(self.problem.quotas)
        self.quotas_of: dict[str, list[int]] = defaultdict(list)
        for i, quota in enumerate(self.problem.quotas):
            for group in set(quota.groups):
                self.quotas_of[group].append(i)
        self.apart: dict[str, set[str]] = defaultdict(set)
        for one, other in self.problem.apart:
            self.apart[one].add(other)
            self.apart[other].add(one)
        self.friends = _friends(self.problem)
        self.closed: set[str] = set()

    def begin(self, plan: Iterable[Assignment]) -> None:
        """Take over a plan as it stands."""
        facts = self.facts
        for line in plan:
            coach = None if line.coach is None else facts.coaches[line.coach]
            window = window_of(coach, line.visit) if coach and line.visit else None
            person, group = facts.participants[line.participant], facts.groups[line.group]
            self._count(_Stay(person, group, coach, window), 1)

    def work_through(self) -> tuple[Assignment, ...] | None:
        pins = sorted(self.problem.pins, key=lambda pin: pin.coach is None)
        for pin in pins:
            friends = self._together(self.facts.participants[pin.participant])
            group = self.facts.groups[pin.group]
            if not self._may(friends, group) or not self._place(friends, group):
                return None
        units = [
            friends
            for person in self.problem.participants
            if (friends := self._together(person))[0] is person
        ]
        wished = [(unit, list(self._wished(unit))) for unit in units]
        pinned = {pin.group for pin in self.problem.pins}
        self._fill(wished, pinned)
        while True:
            turn = 1
            while self._take_turns(wished, turn):
                turn += 1
            short = [group for group in self.problem.groups if self._is_short(group)]
            if not short:
                return self._assignments()
            if any(group.id in pinned for group in short):
                return None
            short.sort(key=lambda group: len(self.members[group.id]) / group.min_size)
            for group in short[: (len(short) + 1) // 2]:
                self._close(group)

    def _take_turns(self, wished: list[tuple[list[Participant], list[Group]]], turn: int) -> bool:
        """Up to ``turn`` groups for each, nobody a second before all had a chance of a first."""
        goes_on = False
        for unit, groups in wished:
            own = self.groups_of[unit[0].id]
            for group in groups:
                if len(own) >= turn:
                    break
                is_full = len(self.members[group.id]) >= group.capacity
                if not is_full and group.id not in self.closed:
                    self._place(unit, group)
            goes_on = goes_on or len(own) >= turn
        return goes_on

    def _fill(self, wished: list[tuple[list[Participant], list[Group]]], pinned: set[str]) -> None:
        """A group that a pin opens comes first: it must reach its minimum size."""
        for unit, groups in wished:
            for group in groups:
                if group.id in pinned and self._is_short(group):
                    self._place(unit, group)

    def _is_short(self, group: Group) -> bool:
        return 0 < len(self.members[group.id]) < group.min_size

    def _together(self, person: Participant) -> list[Participant]:
        return self.friends.get(person.id, [person])

    def _wished(self, unit: list[Participant]) -> Iterator[Group]:
        """The groups that all of the unit may join, by the first one's rank, then the nearest."""
        seen: set[str] = set()
        for wish in sorted(unit[0].wishes, key=lambda wish: wish.rank):
            groups = (
                self.facts.by_measure.get(wish.measure or "", [])
                if wish.group is None
                else [self.facts.groups[wish.group]]
            )
            open_to = [g for g in groups if g.id not in seen and self._may(unit, g)]
            open_to.sort(key=lambda group: self.facts.travel(unit[0], group))
            seen |= {group.id for group in open_to}
            yield from open_to

    def _may(self, unit: list[Participant], group: Group) -> bool:
        return all(self.facts.is_option(person, group) for person in unit)

    def _place(self, unit: list[Participant], group: Group) -> bool:
        """Put all of the unit in the group, or nobody."""
        placed: list[_Stay] = []
        for person in unit:
            if (person.id, group.id) in self.stays:
                continue
            stay = self._stay(person, group)
            if stay is None:
                for undone in placed:
                    self._count(undone, -1)
                return False
            self._count(stay, 1)
            placed.append(stay)
        return True

    def _stay(self, person: Participant, group: Group) -> _Stay | None:
        facts, own = self.facts, self.groups_of[person.id]
        most = person.max_minutes_per_week
        if (
            len(self.members[group.id]) >= group.capacity
            or len(own) >= person.max_groups
            or any(group.measure == other.measure for other in own)
            or any(facts.clash(group, other) for other in own)
            or (
                most is not None
                and max(facts.week_minutes([*own, group]).values(), default=0) > most
            )
            or any(member.id in self.apart[person.id] for member in self.members[group.id])
            or any(
                self.counts[i] >= self.problem.quotas[i].max
                for i in self.quotas_of[group.id]
                if self._counts(i, person)
            )
        ):
            return None
        if group.coaching is None:
            return _Stay(person, group)
        return next(self._with_coach(person, group, group.coaching.visit_minutes), None)

    def _counts(self, i: int, person: Participant) -> bool:
        return holds_tag(person, self.problem.quotas[i].tag)

    def _with_coach(self, person: Participant, group: Group, minutes: int) -> Iterator[_Stay]:
        pin = self.facts.pins.get((person.id, group.id), Pair(person.id, group.id))
        for coach in self.problem.coaches:
            load = self.loads[coach.id]
            if (
                pin.coach not in (None, coach.id)
                or not self.facts.coach_fits(coach, person, group)
                or (person.id not in load.people and len(load.people) >= coach.caseload)
                or load.minutes + minutes > coach.minutes_per_week
            ):
                continue
            for window in coach.availability:
                if (
                    load.in_window[window] + minutes <= window.end - window.start
                    and load.venues[window].keys() <= {group.venue}
                    and self.facts.window_fits(window, person, group)
                ):
                    yield _Stay(person, group, coach, window)

    def _count(self, stay: _Stay, change: int) -> None:
        """Note that somebody joins (1) or leaves (-1)."""
        person, group = stay.person, stay.group
        if change > 0:
            self.stays[person.id, group.id] = stay
            self.groups_of[person.id].append(group)
            self.members[group.id].append(person)
        else:
            del self.stays[person.id, group.id]
            self.groups_of[person.id].remove(group)
            self.members[group.id].remove(person)
        for i in self.quotas_of[group.id]:
            self.counts[i] += change * self._counts(i, person)
        if stay.coach is None or stay.window is None or group.coaching is None:
            return
        load = self.loads[stay.coach.id]
        load.people[person.id] += change
        load.people += Counter()  # drops those at zero
        load.minutes += change * group.coaching.visit_minutes
        load.in_window[stay.window] += change * group.coaching.visit_minutes
        load.venues[stay.window][str(group.venue)] += change
        load.venues[stay.window] += Counter()

    def _close(self, group: Group) -> None:
        self.closed.add(group.id)
        for person in list(self.members[group.id]):
            self._count(self.stays[person.id, group.id], -1)

    def _assignments(self) -> tuple[Assignment, ...]:
        found = []
        next_start: dict[tuple[str, Window], int] = {}
        for stay in self.stays.values():
            rank = self.facts.rank(stay.person, stay.group)
            assignment = Assignment(stay.person.id, stay.group.id, rank)
            if stay.coach and stay.window and stay.group.coaching:
                start = next_start.get((stay.coach.id, stay.window), stay.window.start)
                end = start + stay.group.coaching.visit_minutes
                next_start[stay.coach.id, stay.window] = end
                visit = Window(stay.window.day, start, end)
                assignment = replace(assignment, coach=stay.coach.id, visit=visit)
            found.append(assignment)
        return tuple(found)


def _friends(problem: Problem) -> dict[str, list[Participant]]:
    """Those kept together, whoever links them, in the problem's order."""
    linked: dict[str, set[str]] = {}
    for pair in problem.together:
        joined = {id_ for one in pair for id_ in linked.get(one, {one})}
        linked |= dict.fromkeys(joined, joined)
    return {
        person.id: [other for other in problem.participants if other.id in linked[person.id]]
        for person in problem.participants
        if person.id in linked
    }
