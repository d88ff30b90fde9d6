"""Why one pair cannot be: R1 to R6, and H7 where no coach could ever visit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from scheduler.check import Facts
from scheduler.occupancy import Reason
from scheduler.problem import Coach, Group, Participant, Problem, Window


def failing(facts: Facts, person: Participant, group: Group) -> list[Reason]:
    """Every rule of R2 to R6 that the pair fails, with its data."""
    rules = set(facts.failing(person, group))
    found: list[Reason] = []
    if "R2" in rules:
        found += [{"rule": "R2", "tag": tag} for tag in facts.missing_tags(person, group)]
    if "R3" in rules:
        found += [{"rule": "R3", "tag": tag} for tag in sorted(person.needs - group.offers)]
    if "R4" in rules:
        minutes, most = facts.travel(person, group), person.max_travel_minutes
        found.append({"rule": "R4", "minutes": minutes, "max": most})
    if "R5" in rules:
        attendable, needed = facts.attended(person, group), facts.needed(group)
        found.append({"rule": "R5", "attendable": attendable, "needed": needed})
    if "R6" in rules:
        found.append({"rule": "R6"})
    return found


class PairRules:
    """The rules that concern one pair alone, asked again and again of one problem."""

    def __init__(self, problem: Problem) -> None:
        self.facts = Facts(problem)

    def failing(self, participant: str, group: str) -> list[Reason]:
        """Every rule of R1 to R6 that the pair fails, with its data, and H7 without any unit."""
        person, there = self.facts.participants[participant], self.facts.groups[group]
        found: list[Reason] = []
        if self.facts.rank(person, there) is None:
            found.append({"rule": "R1"})
        found += failing(self.facts, person, there)
        if there.coaching is not None and not self.units(person, there):
            found.append({"rule": "H7"})
        return found

    def units(self, person: Participant, group: Group) -> list[tuple[str, Window]]:
        """The coaches and windows in which H7 lets the pair be visited."""
        return [
            (coach.id, window)
            for coach in self.facts.problem.coaches
            if self.facts.coach_fits(coach, person, group)
            for window in self._windows(coach, person, group)
        ]

    def _windows(self, coach: Coach, person: Participant, group: Group) -> Iterator[Window]:
        assert group.coaching is not None
        for window in coach.availability:
            is_long_enough = window.end - window.start >= group.coaching.visit_minutes
            if is_long_enough and self.facts.window_fits(window, person, group):
                yield window

    def is_wider_pinned(self, participant: str, group: str) -> bool:
        """Whether a pin would allow visits at times when the person is not there (H7)."""
        person, there = self.facts.participants[participant], self.facts.groups[group]
        if there.coaching is None:
            return False
        return self.units(person, there) != self.units(replace(person, availability=None), there)


def rule_in_words(reason: Reason) -> str:
    """One reason with its data as a phrase."""
    return f"{reason['rule']}: {WORDS[reason['rule']].format(**reason)}"


WORDS = {
    "R1": "not wished",
    "R2": "no certificate for {tag} from the first to the last session",
    "R3": "the group does not offer {tag}",
    "R4": "{minutes} minutes of travel, at most {max}",
    "R5": "can attend {attendable} sessions of the {needed} needed",
    "R6": "the pair is banned",
    "H7": "no coach has the skills and a window that fits",
}
