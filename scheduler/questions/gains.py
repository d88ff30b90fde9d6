"""What the tiers of the objective gain where a few lines of a plan are replaced."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from scheduler.check.facts import Facts
from scheduler.check.tiers import goodness
from scheduler.result import Assignment, Value

Worth = tuple[tuple[int, ...], ...]


class Gains:
    """Every tier is a sum over lines, or over people with a line; so is what it gains."""

    def __init__(self, facts: Facts, of_person: Mapping[str, Sequence[Assignment]]) -> None:
        """``of_person``: the plan before, by participant."""
        self.problem, self._facts, self._of_person = facts.problem, facts, of_person
        self.previous = {
            (pair.participant, pair.group): pair.coach for pair in facts.problem.previous
        }
        self._utility: dict[tuple[str, str], int] = {}
        self._minutes: dict[tuple[str, str], int] = {}

    def by_tier(
        self, leaving: Sequence[Assignment], joined: Sequence[Assignment]
    ) -> dict[str, Value]:
        """What each tier of the objective has more than before; nobody is left without a group."""
        found: dict[str, Value] = {}
        for tier in self.problem.policy.objective:
            if tier == "served":
                new = {ln.participant for ln in joined if ln.participant not in self._of_person}
                found[tier] = sum(self._facts.participants[id_].weight for id_ in new)
            elif tier == "wishes" and self.problem.policy.wishes != "weighted":
                found[tier] = self._profile(leaving, joined)
            else:
                of = {"wishes": self.utility, "kept": self._kept, "travel": self.minutes}[tier]
                found[tier] = sum(map(of, joined)) - sum(map(of, leaving))
        return found

    def worth(self, gained: Mapping[str, Value]) -> Worth:
        """A key by which gains compare: the greater, the better for the objective."""
        return tuple(goodness(self.problem, tier, value) for tier, value in gained.items())

    def worth_of(self, leaving: Sequence[Assignment], joined: Sequence[Assignment]) -> Worth:
        """``worth`` of what is gained where the lines are replaced."""
        return self.worth(self.by_tier(leaving, joined))

    def utility(self, line: Assignment) -> int:
        """What the line adds to weighted wishes."""
        pair = (line.participant, line.group)
        if pair not in self._utility:
            person, group = self._facts.participants[pair[0]], self._facts.groups[pair[1]]
            self._utility[pair] = self._facts.utility(person, group)
        return self._utility[pair]

    def minutes(self, line: Assignment) -> int:
        """From home to the venue."""
        pair = (line.participant, line.group)
        if pair not in self._minutes:
            person, group = self._facts.participants[pair[0]], self._facts.groups[pair[1]]
            self._minutes[pair] = self._facts.travel(person, group)
        return self._minutes[pair]

    def keeps_coach(self, line: Assignment) -> bool:
        """Whether the coach is the one that ``previous`` names."""
        coach = self.previous.get((line.participant, line.group))
        return coach is not None and coach == line.coach

    def _kept(self, line: Assignment) -> int:
        is_kept = (line.participant, line.group) in self.previous
        return is_kept + self.keeps_coach(line)

    def _profile(
        self, leaving: Sequence[Assignment], joined: Sequence[Assignment]
    ) -> tuple[int, ...]:
        profile = [0] * self._facts.worst_rank
        for lines, change in ((joined, 1), (leaving, -1)):
            for line in lines:
                if line.rank is not None:
                    profile[line.rank - 1] += change
        return tuple(profile)
