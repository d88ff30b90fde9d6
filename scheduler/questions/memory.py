"""A memory of who was left out: they weigh more next time, to be seen by all and up to a cap."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from scheduler.problem import Problem
from scheduler.result import Result

MOST = 10**9  # a weight of the exchange format


@dataclass(frozen=True, slots=True)
class Raise:
    """The weight of somebody left out in the last ``periods`` periods, before and after."""

    participant: str
    periods: int
    before: int
    after: int


def periods_left_out(plans: Sequence[Result]) -> dict[str, int]:
    """In how many of the last plans, newest first and without a break, each was left without group.

    Only who was without a group in the newest plan is named. A plan in which somebody does not
    occur ends the count: who was not there was not left out.
    """
    counts: dict[str, int] = {}
    for i, plan in enumerate(plans):
        placed = {line.participant for line in plan.assignments}
        for row in plan.unplaced:
            id_ = row["participant"]
            if id_ not in placed and counts.get(id_, 0) == i:
                counts[id_] = i + 1
    return counts


def remembered(
    problem: Problem, left_out: Mapping[str, int], extra: int = 1, cap: int = 3
) -> tuple[Problem, list[Raise]]:
    """The problem in which those left out weigh more, and every weight that was raised.

    A weight w becomes w + min(extra * periods, cap), at most what the format allows: nobody gains
    more than ``cap``, however long the wait. A weight of 0 stays: it says that placing this person
    is not to count, which no wait changes. Ids that the problem does not have are ignored.
    ``extra`` and ``cap`` are not negative.
    """
    raises = [
        Raise(person.id, periods, person.weight, after)
        for person in problem.participants
        if person.weight and (periods := left_out.get(person.id, 0))
        if (after := min(person.weight + min(extra * periods, cap), MOST)) > person.weight
    ]
    weights = {found.participant: found.after for found in raises}
    people = tuple(replace(p, weight=weights.get(p.id, p.weight)) for p in problem.participants)
    return replace(problem, participants=people), raises
