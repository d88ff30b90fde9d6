"""Deferred acceptance (the package ``matching``), repaired where it knows nothing of a rule.

The game is that of hospitals and residents: A. E. Roth, The evolution of the labor market for
medical interns and residents, Journal of Political Economy 92 (1984), after D. Gale and
L. S. Shapley, College admissions and the stability of marriage, American Mathematical Monthly 69
(1962). Participants propose to the groups they wish, best rank first, the nearer first within a
rank; a group holds on to the heaviest, the earlier in the problem's order among equals.

The game knows capacities and one group a person. The rest is repair:

- Pinned pairs come first, as first come, first served places them.
- Of those kept together the first proposes, for all.
- Minimum sizes: of the groups that end up short the emptiest half is closed, and all propose again.
- Coaches and visits, quotas, apart, together, hours a week: the pairs that were matched are worked
  through as a list, the heaviest first (``scheduler.greedy``), on top of the plan so far. A pair
  that breaks a rule is refused for good.
- Whoever has room for another group proposes again, with what is left, until that brings nobody in.
  What nobody was matched with then goes by the list, still the heaviest first.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, replace

import numpy as np
from matching import Hospital, Player
from matching.algorithms import hospital_resident

from scheduler.clashes import clashes
from scheduler.greedy import greedy
from scheduler.options import Options, find_options
from scheduler.pinned import pinned_part
from scheduler.problem import Problem
from scheduler.result import Assignment, Result
from tests.bench.methods.listed import listed

Pair = tuple[int, int]  # positions of a participant and a group


def method(problem: Problem, _seconds: float) -> Result:
    """The repaired plan. Raises ``NoPlanError`` where the pins could not be placed."""
    return listed(problem, deferred_acceptance(problem))


def deferred_acceptance(problem: Problem) -> tuple[Assignment, ...] | None:
    """Assignments that obey every rule, or None where the pins could not be placed as a list."""
    people = sorted(problem.participants, key=lambda person: -person.weight)  # stable
    problem = replace(problem, participants=tuple(people))
    plan = greedy(pinned_part(problem))
    if plan is None:
        return None
    rounds = _Rounds(problem)
    while len(found := rounds.worked_through(rounds.matched(plan), plan)) > len(plan):
        plan = found
    return greedy(problem, found, options=rounds.options, clashing=rounds.clashing)


class _Rounds:
    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.options = find_options(problem)
        self.clashing = clashes(problem)
        self.refused: set[Pair] = set()
        self.closed: set[int] = set()
        self.participant_index = {person.id: p for p, person in enumerate(problem.participants)}
        self.group_index = {group.id: g for g, group in enumerate(problem.groups)}
        self.wished: list[list[int]] = [[] for _ in problem.participants]
        found = self.options
        for o in np.lexsort((found.minutes, found.rank)).tolist():
            if found.rank[o]:
                self.wished[found.participant[o]].append(int(found.group[o]))
        self.friends = _friends(problem, self.participant_index)

    def _pairs(self, plan: Iterable[Assignment]) -> set[Pair]:
        return {
            (self.participant_index[line.participant], self.group_index[line.group])
            for line in plan
        }

    def matched(self, plan: Iterable[Assignment]) -> set[Pair]:
        """New pairs that the game finds on top of the plan, no group short of its minimum size."""
        groups = self.problem.groups
        sizes: Counter[int] = Counter()
        own: dict[int, list[int]] = defaultdict(list)
        for p, g in self._pairs(plan):
            sizes[g] += 1
            own[p].append(g)
        while True:
            found = self._game(sizes, own)
            filled = sizes + Counter(g for _, g in found)
            short = [g for g, size in filled.items() if size < groups[g].min_size]
            if not short:
                return found
            short.sort(key=lambda g: (filled[g] / groups[g].min_size, g))
            self.closed |= set(short[: (len(short) + 1) // 2])

    def _game(self, sizes: Counter[int], own: Mapping[int, list[int]]) -> set[Pair]:
        hospitals = {
            g: Hospital(g, group.capacity - sizes[g])
            for g, group in enumerate(self.problem.groups)
            if group.capacity > sizes[g] and g not in self.closed
        }
        players = []
        for p in range(len(self.problem.participants)):
            open_to = [hospitals[g] for g in self._acceptable(p, own.get(p, ())) if g in hospitals]
            if open_to:
                players.append(Player(p))
                players[-1].prefs = open_to
                for hospital in open_to:
                    hospital.prefs.append(players[-1])
        # The package's classes of a game compare everybody with everybody; its algorithm does
        # not. It takes proposals from the end of the list.
        found = hospital_resident(players[::-1], [h for h in hospitals.values() if h.prefs])
        return {
            (friend, hospital.name)
            for hospital, accepted in found.items()
            for player in accepted
            for friend in self.friends.get(player.name, [player.name])
        }

    def _acceptable(self, p: int, own: Sequence[int]) -> list[int]:
        """The groups to propose to, best first; of those kept together only the first does."""
        if len(own) >= self.problem.participants[p].max_groups or self.friends.get(p, [p])[0] != p:
            return []
        groups = self.problem.groups
        return [
            g
            for g in self.wished[p]
            if (p, g) not in self.refused
            and not any(groups[g].measure == groups[o].measure or self.clashing[g, o] for o in own)
        ]

    def worked_through(
        self, matched: set[Pair], plan: Sequence[Assignment]
    ) -> tuple[Assignment, ...]:
        """The plan with those of the matched pairs that break no rule; the others are refused."""
        width = len(self.problem.groups)
        wanted = [p * width + g for p, g in matched | self._pairs(plan)]
        is_wanted = np.isin(self.options.participant * width + self.options.group, wanted)
        narrowed = Options(*(getattr(self.options, f.name)[is_wanted] for f in fields(Options)))
        found = greedy(self.problem, plan, options=narrowed, clashing=self.clashing)
        assert found is not None, "a valid plan was lost on the way"
        self.refused |= matched - self._pairs(found)
        return found


def _friends(problem: Problem, participant_index: Mapping[str, int]) -> dict[int, list[int]]:
    """Those kept together, whoever links them, in the problem's order."""
    linked: dict[int, set[int]] = {}
    for pair in problem.together:
        ends = [participant_index[id_] for id_ in pair]
        joined = {p for end in ends for p in linked.get(end, {end})}
        linked |= dict.fromkeys(joined, joined)
    return {p: sorted(joined) for p, joined in linked.items()}
