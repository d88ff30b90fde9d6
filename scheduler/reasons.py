"""Why somebody has no place: true statements about one person, all else in the plan unchanged."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from scheduler.coaching import Visits
from scheduler.eligibility import Eligibility
from scheduler.forked import in_two
from scheduler.occupancy import Occupancy
from scheduler.options import TOGETHER
from scheduler.problem import Problem, Wish
from scheduler.ragged import Ints
from scheduler.result import Assignment

FULL_UP_TO = 10_000  # participants; above, groups are counted by rule


def unplaced(
    problem: Problem,
    eligibility: Eligibility,
    visits: Visits,
    plan: Iterable[Assignment],
    how: str | None,
) -> tuple[dict[str, Any], ...]:
    """Everybody without a group, with the reasons a wish and group (format, section 5).

    ``how`` is "full", "summary" or "none"; None chooses by the number of participants.
    """
    how = how or ("full" if len(problem.participants) <= FULL_UP_TO else "summary")
    plan = tuple(plan)
    placed = {line.participant for line in plan}
    missing = [p for p, person in enumerate(problem.participants) if person.id not in placed]
    if how == "none":
        return tuple({"participant": problem.participants[p].id, "wishes": []} for p in missing)
    rows = _Rows(problem, eligibility, Occupancy(problem, visits, plan))
    tell = rows.listed if how == "full" else rows.counted
    batches = [
        np.array(missing[i : i + TOGETHER], dtype=np.int64)
        for i in range(0, len(missing), TOGETHER)
    ]

    def told(some: Sequence[Ints]) -> list[dict[str, Any]]:
        return [row for batch in some for row in tell(batch)]

    return tuple(in_two(told, batches) if len(batches) > 1 else told(batches))


class _Rows:
    """What is told of some people, one row each."""

    def __init__(self, problem: Problem, eligibility: Eligibility, occupancy: Occupancy) -> None:
        self.problem, self.eligibility, self.occupancy = problem, eligibility, occupancy

    def listed(self, people: Ints) -> Iterator[dict[str, Any]]:
        """Each group of each wish, with its reasons."""
        wishes, groups = self.eligibility.wished(people)
        persons = self.eligibility.wish_person[wishes]
        told: dict[int, list[dict[str, Any]]] = defaultdict(list)
        failing = self.eligibility.explained(persons, groups)
        for w, p, g, reasons in zip(*_lists(wishes, persons, groups), failing, strict=True):
            reasons = reasons or self.occupancy.broken(p, g)
            told[w].append({"group": self.problem.groups[g].id, "reasons": reasons})
        for p in people.tolist():
            yield self._row(p, [{"groups": told[w]} for w in self._numbers(p)])

    def counted(self, people: Ints) -> Iterator[dict[str, Any]]:
        """The groups of each wish, counted by rule."""
        wishes, groups = self.eligibility.wished(people)
        persons = self.eligibility.wish_person[wishes]
        told: dict[int, Counter[str]] = defaultdict(Counter)
        is_option = np.ones(len(groups), dtype=bool)
        for rule, fails in self.eligibility.fails.items():
            failing = fails(persons, groups)
            is_option &= ~failing
            for w, count in zip(*_lists(*np.unique_counts(wishes[failing])), strict=True):
                told[w][rule] = count
        left = _lists(wishes[is_option], persons[is_option], groups[is_option])
        for w, p, g in zip(*left, strict=True):
            told[w].update({reason["rule"] for reason in self.occupancy.broken(p, g)})
        for p in people.tolist():
            counts = [dict(sorted(told[w].items())) for w in self._numbers(p)]
            yield self._row(p, [{"summary": count} for count in counts])

    def _numbers(self, p: int) -> range:
        """The numbers of a person's wishes."""
        first = int(self.eligibility.wishes.start[p])
        return range(first, first + len(self.problem.participants[p].wishes))

    def _row(self, p: int, told: Sequence[dict[str, Any]]) -> dict[str, Any]:
        person = self.problem.participants[p]
        wishes = [
            {**_stated(wish), **reasons} for wish, reasons in zip(person.wishes, told, strict=True)
        ]
        return {"participant": person.id, "wishes": wishes}


def _stated(wish: Wish) -> dict[str, Any]:
    target = {"measure": wish.measure} if wish.group is None else {"group": wish.group}
    return {**target, "rank": wish.rank}


def _lists(*arrays: Ints) -> list[list[int]]:
    return [array.tolist() for array in arrays]
