"""First come, first served: what a list worked through from the top would give.

A valid plan that everybody understands, to compare the best one with, and to start from.
Participants, groups and the units of coaches are told by their positions.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

import numpy as np

from scheduler.clashes import clashes
from scheduler.coaching import Visits
from scheduler.options import Options, find_options
from scheduler.problem import Group, Pair, Problem
from scheduler.ragged import Bools, Ints
from scheduler.result import Assignment
from scheduler.weeks import minutes_by_week

Friends = list[int]  # people who have the same groups, as a rule one alone


def greedy(
    problem: Problem,
    begun: Iterable[Assignment] = (),
    *,
    options: Options | None = None,
    clashing: Bools | None = None,
) -> tuple[Assignment, ...] | None:
    """Assignments that obey every rule: participants in the problem's order, best rank first.

    Of one rank, the nearest group comes first. ``begun`` is a plan to go on from. What
    ``find_options`` and ``clashes`` tell of the problem is found here unless given. None where the
    pins could not be placed this way; another plan may still exist.
    """
    rest = _List(
        problem,
        find_options(problem) if options is None else options,
        clashes(problem) if clashing is None else clashing,
    )
    rest.begin(begun)
    return rest.work_through()


class _List:
    def __init__(self, problem: Problem, options: Options, clashing: Bools) -> None:
        self.problem, self.options, self.clashing = problem, options, clashing
        self.people, self.groups = problem.participants, problem.groups
        self.most = [person.max_groups for person in self.people]
        self.participant_index = {person.id: p for p, person in enumerate(self.people)}
        self.group_index = {group.id: g for g, group in enumerate(self.groups)}
        self.stays: dict[tuple[int, int], int | None] = {}  # the unit of the visit
        self.groups_of: list[list[int]] = [[] for _ in self.people]
        self.members: list[set[int]] = [set() for _ in self.groups]
        self.room = [group.capacity for group in self.groups]  # none in a closed group
        self.pins = {self._pair(pin): pin for pin in problem.pins}
        self.limits = _Limits(problem, self.participant_index, self.group_index)
        self.coaches = _Coaches(problem)
        self.friends = _friends(problem, self.participant_index)
        self.starts = self._starts(options.participant)

    def _pair(self, pair: Pair | Assignment) -> tuple[int, int]:
        return self.participant_index[pair.participant], self.group_index[pair.group]

    def begin(self, plan: Iterable[Assignment]) -> None:
        """Take over a plan as it stands."""
        for line in plan:
            self._count(*self._pair(line), self.coaches.visits.unit_of(line), 1)

    def work_through(self) -> tuple[Assignment, ...] | None:
        for pin in sorted(self.problem.pins, key=lambda pin: pin.coach is None):
            p, g = self._pair(pin)
            friends = self.friends.get(p, [p])
            if not all(g in self._groups_open_to(friend) for friend in friends):
                return None
            if not self._place(friends, g):
                return None
        wished = list(self._wished())
        pinned = {self.group_index[pin.group] for pin in self.problem.pins}
        self._fill(wished, pinned)
        while True:
            # A group without room is not asked again: only closing takes anybody out.
            for _, groups in wished:
                groups[:] = [g for g in groups if self.room[g] > 0]
            turn = 1
            while self._take_turns(wished, turn):
                turn += 1
            short = [g for g in range(len(self.groups)) if self._is_short(g)]
            if not short:
                return self._assignments()
            if pinned.intersection(short):
                return None
            short.sort(key=lambda g: len(self.members[g]) / self.groups[g].min_size)
            for g in short[: (len(short) + 1) // 2]:
                self._close(g)

    def _wished(self) -> Iterator[tuple[Friends, list[int]]]:
        """Who enters groups together, and those that all of them may join, best first."""
        options = self.options
        by_worth = np.lexsort((options.group, options.minutes, options.rank, options.participant))
        best = by_worth[options.rank[by_worth] > 0]
        groups, starts = options.group[best].tolist(), self._starts(options.participant[best])
        for p in range(len(self.people)):
            friends = self.friends.get(p, [p])
            if friends[0] != p:
                continue
            open_to = groups[starts[p] : starts[p + 1]]
            for friend in friends[1:]:
                others = self._groups_open_to(friend)
                open_to = [g for g in open_to if g in others]
            yield friends, open_to

    def _starts(self, participants: Ints) -> list[int]:
        """Where the entries of each participant start in a sorted array."""
        found: list[int] = np.searchsorted(participants, np.arange(len(self.people) + 1)).tolist()
        return found

    def _groups_open_to(self, p: int) -> set[int]:
        return set(self.options.group[self.starts[p] : self.starts[p + 1]].tolist())

    def _take_turns(self, wished: Sequence[tuple[Friends, list[int]]], turn: int) -> bool:
        """Up to ``turn`` groups for each, nobody a second before all had a chance of a first.

        Whoever found none in the turn before finds none now: nobody has left since.
        """
        goes_on = False
        for friends, groups in wished:
            first = friends[0]
            own = self.groups_of[first]
            if len(own) == turn - 1 < self.most[first]:
                for g in groups:
                    if self.room[g] > 0 and self._place(friends, g) and len(own) >= turn:
                        break
            goes_on = goes_on or len(own) >= turn
        return goes_on

    def _fill(self, wished: Sequence[tuple[Friends, list[int]]], pinned: set[int]) -> None:
        """A group that a pin opens comes first: it must reach its minimum size."""
        for friends, groups in wished:
            for g in groups:
                if g in pinned and self._is_short(g):
                    self._place(friends, g)

    def _is_short(self, g: int) -> bool:
        return 0 < len(self.members[g]) < self.groups[g].min_size

    def _place(self, friends: Friends, g: int) -> bool:
        """Put all of them in the group, or nobody."""
        placed: list[tuple[int, int | None]] = []
        for p in friends:
            if (p, g) in self.stays:
                continue
            unit = None
            fits = self._fits(p, g)
            if fits and self.groups[g].coaching is not None:
                unit = self.coaches.unit_for(p, g, self.pins.get((p, g)))
                fits = unit is not None
            if not fits:
                for undone, its_unit in placed:
                    self._count(undone, g, its_unit, -1)
                return False
            self._count(p, g, unit, 1)
            placed.append((p, unit))
        return True

    def _fits(self, p: int, g: int) -> bool:
        """Whether no rule but those of coaches (H7 to H10) keeps the person out."""
        own = self.groups_of[p]
        if self.room[g] <= 0 or len(own) >= self.most[p]:
            return False
        for other in own:
            if self.groups[g].measure == self.groups[other].measure or self.clashing[g, other]:
                return False
        return self.limits.allow(p, g, own, self.members[g])

    def _count(self, p: int, g: int, unit: int | None, change: int) -> None:
        """Note that somebody joins (1) or leaves (-1)."""
        if change > 0:
            self.stays[p, g] = unit
            self.groups_of[p].append(g)
            self.members[g].add(p)
        else:
            del self.stays[p, g]
            self.groups_of[p].remove(g)
            self.members[g].remove(p)
        self.room[g] -= change
        self.limits.count(p, g, change)
        if unit is not None:
            self.coaches.count(p, g, unit, change)

    def _close(self, g: int) -> None:
        for p in list(self.members[g]):
            self._count(p, g, self.stays[p, g], -1)
        self.room[g] = 0

    def _assignments(self) -> tuple[Assignment, ...]:
        lines = [
            Assignment(self.people[p].id, self.groups[g].id, rank)
            for (p, g), rank in zip(self.stays, self._ranks(), strict=True)
        ]
        return self.coaches.visits.timed(lines, list(self.stays.values()))

    def _ranks(self) -> list[int | None]:
        """The rank of each stay."""
        width = len(self.groups)
        options = self.options.participant * width + self.options.group
        stays = [p * width + g for p, g in self.stays]
        return [
            rank or None for rank in self.options.rank[np.searchsorted(options, stays)].tolist()
        ]


class _Limits:
    """H6, H11 and H13: what a person's week, company and tags allow."""

    def __init__(
        self, problem: Problem, participant_index: dict[str, int], group_index: dict[str, int]
    ) -> None:
        self.most_minutes = [person.max_minutes_per_week for person in problem.participants]
        self.weeks = cache(lambda g: minutes_by_week(problem.groups[g]))
        self.apart: dict[int, set[int]] = defaultdict(set)
        for pair in problem.apart:
            one, other = (participant_index[id_] for id_ in pair)
            self.apart[one].add(other)
            self.apart[other].add(one)
        self.left = [quota.max for quota in problem.quotas]
        self.quotas_of: dict[int, list[int]] = defaultdict(list)
        for q, quota in enumerate(problem.quotas):
            for id_ in set(quota.groups):
                self.quotas_of[group_index[id_]].append(q)
        tags = [{hold.tag for hold in person.holds} for person in problem.participants]
        self.holders = {
            tag: {p for p, held in enumerate(tags) if tag is None or tag in held}
            for tag in {quota.tag for quota in problem.quotas}
        }
        self.tags = [quota.tag for quota in problem.quotas]

    def _quotas(self, p: int, g: int) -> list[int]:
        """The quotas that count the pair."""
        return [q for q in self.quotas_of.get(g, ()) if p in self.holders[self.tags[q]]]

    def allow(self, p: int, g: int, own: Iterable[int], members: set[int]) -> bool:
        most = self.most_minutes[p]
        if most is not None:
            total: Counter[tuple[int, int]] = Counter()
            for group in (*own, g):
                total.update(self.weeks(group))
            if max(total.values(), default=0) > most:
                return False
        if p in self.apart and not self.apart[p].isdisjoint(members):
            return False
        return all(self.left[q] > 0 for q in self._quotas(p, g))

    def count(self, p: int, g: int, change: int) -> None:
        for q in self._quotas(p, g):
            self.left[q] -= change


class _Coaches:
    """H7 to H10: whom the coaches follow, and when and where they are."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.visits = Visits(problem)
        self.people: list[Counter[int]] = [Counter() for _ in problem.coaches]
        self.followed: Counter[int] = Counter()  # visits a person
        self.minutes_left = [coach.minutes_per_week for coach in problem.coaches]
        self.left = [unit.window.end - unit.window.start for unit in self.visits.units]  # minutes
        self.num_visits = [0] * len(self.visits.units)
        self.venue: list[str | None] = [None] * len(self.visits.units)
        kinds: dict[object, int] = {}
        self.kind = [
            kinds.setdefault((person.availability, person.coach_skills), len(kinds))
            for person in problem.participants
        ]
        self.full: set[tuple[int, int]] = set()  # groups and kinds of people with no unit left

    def unit_for(self, p: int, g: int, pin: Pair | None) -> int | None:
        """The first unit in which there is room for one more visit."""
        is_new = pin is None and not self.followed[p]
        if is_new and (g, self.kind[p]) in self.full:
            return None
        person, group = self.problem.participants[p], self.problem.groups[g]
        coach = None if pin is None else pin.coach
        for u in self.visits.of_pair(person, group, pinned=pin is not None, coach=coach):
            if self._has_room(u, p, group):
                return u
        if is_new:
            self.full.add((g, self.kind[p]))
        return None

    def _has_room(self, u: int, p: int, group: Group) -> bool:
        assert group.coaching is not None
        c, minutes = self.visits.units[u].coach, group.coaching.visit_minutes
        return (
            minutes <= self.left[u]
            and minutes <= self.minutes_left[c]
            and (not self.num_visits[u] or self.venue[u] == group.venue)
            and (p in self.people[c] or len(self.people[c]) < self.problem.coaches[c].caseload)
        )

    def count(self, p: int, g: int, u: int, change: int) -> None:
        group, coach = self.problem.groups[g], self.visits.units[u].coach
        assert group.coaching is not None
        self.people[coach][p] += change
        self.people[coach] += Counter()  # drops those at zero
        self.followed[p] += change
        if change < 0:
            self.full.clear()
        self.minutes_left[coach] -= change * group.coaching.visit_minutes
        self.left[u] -= change * group.coaching.visit_minutes
        self.num_visits[u] += change
        self.venue[u] = group.venue


def _friends(problem: Problem, participant_index: dict[str, int]) -> dict[int, Friends]:
    """Those kept together, whoever links them, in the problem's order."""
    linked: dict[int, set[int]] = {}
    for pair in problem.together:
        ends = [participant_index[id_] for id_ in pair]
        joined = {p for end in ends for p in linked.get(end, {end})}
        linked |= dict.fromkeys(joined, joined)
    return {p: sorted(joined) for p, joined in linked.items()}
