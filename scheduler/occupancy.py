"""What a plan leaves free: the hard rules that one more pair would break, all else unchanged."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from copy import copy
from functools import cached_property
from typing import Any

from scheduler.check.facts import Facts
from scheduler.coaching import Visits
from scheduler.problem import Group, Participant, Problem
from scheduler.result import Assignment
from scheduler.weeks import minutes_by_week

Reason = dict[str, Any]


class Occupancy:
    """What a plan leaves free, and which hard rules one more pair would break."""

    def __init__(self, problem: Problem, visits: Visits, plan: Iterable[Assignment]) -> None:
        self.problem, self.visits = problem, visits
        self._group_index = {group.id: g for g, group in enumerate(problem.groups)}
        self._peak = [max(minutes_by_week(g).values(), default=0) for g in problem.groups]
        self._participant_index = {p.id: i for i, p in enumerate(problem.participants)}
        self._together = {person for pair in problem.together for person in pair}
        self._apart: dict[str, set[str]] = defaultdict(set)
        for a, b in problem.apart:
            self._apart[a].add(b)
            self._apart[b].add(a)
        self._quotas_of: dict[str, list[int]] = defaultdict(list)
        for q, quota in enumerate(problem.quotas):
            for group_id in set(quota.groups):
                self._quotas_of[group_id].append(q)
        self.members: dict[str, set[str]] = defaultdict(set)
        self.groups_of: dict[str, set[str]] = defaultdict(set)
        self._used = [0] * len(problem.quotas)
        self._people: dict[int, Counter[str]] = defaultdict(Counter)  # visits a coach and person
        self._spent: Counter[int] = Counter()  # minutes of visits a coach
        self._inside: Counter[int] = Counter()  # minutes of visits a unit
        self._venues: dict[int, Counter[str | None]] = defaultdict(Counter)
        # By coach, then by unit and group.
        self._known_full: dict[int, dict[tuple[int, int], frozenset[str]]] = defaultdict(dict)
        # By group and units, for people whom no coach follows yet.
        self._known_standing: dict[tuple[str, tuple[int, ...]], list[str]] = {}
        for line in plan:
            self.add(line)

    @cached_property
    def facts(self) -> Facts:
        """What the rules say about pairs, where the reasons do not do."""
        return Facts(self.problem)

    def supposing(self, problem: Problem) -> Occupancy:
        """The same plan where people, groups and coaches differ in what is asked of them.

        Ids, slots, venues and all that links people must be the same, and windows may only be
        more. The plan is shared: whatever is added to one must be removed before the other is used.
        """
        other = copy(self)
        other.problem, other._known_full, other._known_standing = problem, defaultdict(dict), {}
        if problem.coaches is self.problem.coaches:
            return other
        other.visits = Visits(problem)
        before = {unit: u for u, unit in enumerate(self.visits.units)}
        now = {before[unit]: u for u, unit in enumerate(other.visits.units) if unit in before}
        other._inside = Counter({now[u]: minutes for u, minutes in self._inside.items()})
        other._venues = defaultdict(Counter, {now[u]: at for u, at in self._venues.items()})
        return other

    def add(self, line: Assignment) -> None:
        """Count one more assignment."""
        self.members[line.group].add(line.participant)
        self.groups_of[line.participant].add(line.group)
        self._count(line, 1)

    def remove(self, line: Assignment) -> None:
        """Count one of the assignments no more."""
        self.members[line.group].remove(line.participant)
        self.groups_of[line.participant].remove(line.group)
        self._count(line, -1)

    def _count(self, line: Assignment, change: int) -> None:
        group = self._group(line.group)
        for q in self._quotas_of[line.group]:
            self._used[q] += change * self._counts(q, line.participant)
        u = self.visits.unit_of(line)
        if group.coaching is None or u is None:
            return
        coach = self.visits.units[u].coach
        self._known_full.pop(coach, None)
        self._known_standing.clear()
        self._spent[coach] += change * group.coaching.visit_minutes
        self._inside[u] += change * group.coaching.visit_minutes
        _change(self._people[coach], line.participant, change)
        _change(self._venues[u], group.venue, change)

    def _group(self, id_: str) -> Group:
        return self.problem.groups[self._group_index[id_]]

    def _counts(self, q: int, person: str) -> bool:
        tag = self.problem.quotas[q].tag
        if tag is None:
            return True
        holds = self.problem.participants[self._participant_index[person]].holds
        return any(hold.tag == tag for hold in holds)

    def broken(self, p: int, g: int) -> list[Reason]:
        """The hard rules that placing the person in one more group would break."""
        person, group = self.problem.participants[p], self.problem.groups[g]
        size = len(self.members[group.id])
        found: list[Reason] = []
        if size + 1 > group.capacity:
            found.append({"rule": "H1", "capacity": group.capacity})
        if size + 1 < group.min_size:
            found.append({"rule": "H2", "min_size": group.min_size, "people": size})
        if len(self.groups_of[person.id]) + 1 > person.max_groups:
            found.append({"rule": "H3", "max_groups": person.max_groups})
        found += self._beside_own(person, g)
        found += self._without_coach(person, group)
        found += [
            {"rule": "H11", "participant": other}
            for other in sorted(self._apart[person.id] & self.members[group.id])
        ]
        if person.id in self._together:
            found.append({"rule": "H12"})
        found += [
            {"rule": "H13", "quota": q, "max": self.problem.quotas[q].max}
            for q in self._quotas_of[group.id]
            if self._counts(q, person.id) and self._used[q] >= self.problem.quotas[q].max
        ]
        return found

    def _beside_own(self, person: Participant, g: int) -> Iterator[Reason]:
        """H4 to H6, which look at the groups that the person has."""
        group = self.problem.groups[g]
        own = [self._group(id_) for id_ in sorted(self.groups_of[person.id])]
        for other in own:
            if other.measure == group.measure:
                yield {"rule": "H4", "group": other.id}
            if self.facts.clash(other, group):
                yield {"rule": "H5", "group": other.id}
        most = person.max_minutes_per_week
        if most is None:
            return
        peak = self._peak[g]
        if own:
            peak = max(self.facts.week_minutes([*own, group]).values(), default=0)
        if peak > most:
            yield {"rule": "H6", "minutes": peak, "max": most}

    def _without_coach(self, person: Participant, group: Group) -> list[Reason]:
        """Those of H7 to H10 without which a unit would be left: none if there is one.

        A unit that fails more rules than another one is left out: to lift the rules named is
        enough, and each of them is needed by some unit.
        """
        if group.coaching is None:
            return []
        units = self.visits.of_pair(person, group, pinned=False)
        # A coach who follows the person already has room for them, if for nobody else.
        known = {} if self.groups_of[person.id] else self._known_standing
        if (group.id, units) not in known:
            known[group.id, units] = self._standing(person, group, units)
        return [{"rule": rule} for rule in known[group.id, units]]

    def _standing(self, person: Participant, group: Group, units: tuple[int, ...]) -> list[str]:
        if not units:
            return ["H7"]
        failing: set[frozenset[str]] = set()
        for u in units:
            full = self._full(person, group, u)
            if not full:
                return []
            failing.add(full)
        least = [rules for rules in failing if not any(other < rules for other in failing)]
        standing = frozenset().union(*least)
        return [rule for rule in ("H8", "H9", "H10") if rule in standing]

    def _full(self, person: Participant, group: Group, u: int) -> frozenset[str]:
        """The rules that a visit in the unit to the person would break."""
        coach = self.visits.units[u].coach
        known, key = self._known_full[coach], (u, self._group_index[group.id])
        full = known.get(key)
        if full is None:
            full = known[key] = frozenset(self._filled(group, u))
        if "H8" in full and person.id in self._people[coach]:
            return full - {"H8"}
        return full

    def _filled(self, group: Group, u: int) -> Iterator[str]:
        """The rules that a visit to somebody whom the coach does not follow yet would break."""
        unit = self.visits.units[u]
        assert group.coaching is not None
        coach, minutes = self.problem.coaches[unit.coach], group.coaching.visit_minutes
        if len(self._people[unit.coach]) + 1 > coach.caseload:
            yield "H8"
        if (
            self._spent[unit.coach] + minutes > coach.minutes_per_week
            or self._inside[u] + minutes > unit.window.end - unit.window.start
        ):
            yield "H9"
        venues = self._venues.get(u)
        if venues and (len(venues) > 1 or group.venue not in venues):
            yield "H10"

    def free_units(self, p: int, g: int) -> list[int]:
        """The units in which the person could be visited."""
        person, group = self.problem.participants[p], self.problem.groups[g]
        units = self.visits.of_pair(person, group, pinned=False)
        return [u for u in units if not self._full(person, group, u)]

    def minutes_inside(self, u: int) -> int:
        """The minutes of the visits in a unit, one behind the other from its start."""
        return self._inside[u]


def _change(counter: Counter[Any], key: object, change: int) -> None:
    counter[key] += change
    if not counter[key]:
        del counter[key]
