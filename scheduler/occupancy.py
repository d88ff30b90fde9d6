"""What a plan leaves free: the hard rules that one more pair would break, all else unchanged."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

from scheduler.coaching import Visits
from scheduler.problem import Problem
from scheduler.result import Assignment
from scheduler.weeks import minutes_by_week

Reason = dict[str, Any]


class Occupancy:
    """What a plan leaves free, and which hard rules one more pair would break."""

    def __init__(self, problem: Problem, visits: Visits, plan: Sequence[Assignment]) -> None:
        self.problem, self.visits = problem, visits
        self._group_index = {group.id: g for g, group in enumerate(problem.groups)}
        self._peak = [max(minutes_by_week(g).values(), default=0) for g in problem.groups]
        self._tags = {p.id: frozenset(hold.tag for hold in p.holds) for p in problem.participants}
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
        self._used = [0] * len(problem.quotas)
        self._people: dict[int, set[str]] = defaultdict(set)
        self._spent: Counter[int] = Counter()  # minutes of visits a coach
        self._inside: Counter[int] = Counter()  # minutes of visits a unit
        self._venue: dict[int, str | None] = {}
        self._units: dict[int, list[int]] = defaultdict(list)
        for u, unit in enumerate(visits.units):
            self._units[unit.coach].append(u)
        self._known_full: dict[tuple[int, int], frozenset[str]] = {}  # by unit and group
        for line in plan:
            self.add(line)

    def add(self, line: Assignment) -> None:
        """Count one more assignment."""
        group = self.problem.groups[self._group_index[line.group]]
        self.members[line.group].add(line.participant)
        for q in self._quotas_of[line.group]:
            self._used[q] += self._counts(q, line.participant)
        if group.coaching is None or line.coach is None or line.visit is None:
            return
        self._known_full.clear()
        coach, visit = self.visits.coach_index[line.coach], line.visit
        self._people[coach].add(line.participant)
        self._spent[coach] += group.coaching.visit_minutes
        for u in self._units[coach]:
            window = self.visits.units[u].window
            if window.day == visit.day and window.start <= visit.start and visit.end <= window.end:
                self._inside[u] += group.coaching.visit_minutes
                self._venue[u] = group.venue

    def _counts(self, q: int, person: str) -> bool:
        tag = self.problem.quotas[q].tag
        return tag is None or tag in self._tags[person]

    def broken(self, p: int, g: int) -> list[Reason]:
        """The hard rules that placing an unplaced person in the group would break."""
        person, group = self.problem.participants[p], self.problem.groups[g]
        size = len(self.members[group.id])
        most = person.max_minutes_per_week
        found: list[Reason] = []
        if size + 1 > group.capacity:
            found.append({"rule": "H1", "capacity": group.capacity})
        if size + 1 < group.min_size:
            found.append({"rule": "H2", "min_size": group.min_size, "people": size})
        if person.max_groups < 1:
            found.append({"rule": "H3", "max_groups": person.max_groups})
        if most is not None and self._peak[g] > most:
            found.append({"rule": "H6", "minutes": self._peak[g], "max": most})
        found += self._without_coach(p, g)
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

    def _without_coach(self, p: int, g: int) -> list[Reason]:
        """Those of H7 to H10 without which a unit would be left: none if there is one.

        A unit that fails more rules than another one is left out: to lift the rules named is
        enough, and each of them is needed by some unit.
        """
        person, group = self.problem.participants[p], self.problem.groups[g]
        if group.coaching is None:
            return []
        units = self.visits.of_pair(person, group, pinned=False)
        if not units:
            return [{"rule": "H7"}]
        failing = {self._full(u, g) for u in units}
        least = [rules for rules in failing if not any(other < rules for other in failing)]
        rules = frozenset().union(*least)
        return [{"rule": rule} for rule in ("H8", "H9", "H10") if rule in rules]

    def _full(self, u: int, g: int) -> frozenset[str]:
        """The rules that a visit in the unit to somebody who has no coach yet would break."""
        if (u, g) not in self._known_full:
            self._known_full[u, g] = frozenset(self._filled(u, g))
        return self._known_full[u, g]

    def _filled(self, u: int, g: int) -> list[str]:
        group, unit = self.problem.groups[g], self.visits.units[u]
        assert group.coaching is not None
        coach, minutes = self.problem.coaches[unit.coach], group.coaching.visit_minutes
        full = []
        if len(self._people[unit.coach]) + 1 > coach.caseload:
            full.append("H8")
        if (
            self._spent[unit.coach] + minutes > coach.minutes_per_week
            or self._inside[u] + minutes > unit.window.end - unit.window.start
        ):
            full.append("H9")
        if self._venue.get(u, group.venue) != group.venue:
            full.append("H10")
        return full

    def free_unit(self, p: int, g: int) -> int | None:
        """A unit in which the person could be visited, or None."""
        person, group = self.problem.participants[p], self.problem.groups[g]
        units = self.visits.of_pair(person, group, pinned=False)
        return next((u for u in units if not self._full(u, g)), None)

    def minutes_inside(self, u: int) -> int:
        """The minutes of the visits in a unit, one behind the other from its start."""
        return self._inside[u]
