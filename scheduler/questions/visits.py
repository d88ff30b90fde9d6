"""Visits of the same pair by the same coach: at the time they had before, where that costs nothing.

No tier of the objective asks for it. Only people whose visits are equally long, at one venue and by
one coach change times with each other, so that no coach and no window is used in another way.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import groupby

from scheduler.check import Facts
from scheduler.check.plan import window_of
from scheduler.problem import Problem, Window
from scheduler.result import Assignment


def with_visits_kept(
    problem: Problem, published: Iterable[Assignment], plan: Sequence[Assignment]
) -> tuple[Assignment, ...]:
    """The plan with visits dealt anew, so that more of them are as in the published one.

    Two people change times when one of them then has the visit of before, and the other, who fits
    there too, gives up none. In the plan returned no two are left who could.
    """
    facts = Facts(problem)
    before = {(line.participant, line.group, line.coach): line.visit for line in published}
    visits = {line: line.visit for line in plan if line.coach is not None}

    def wanted(line: Assignment) -> Window | None:
        return before.get((line.participant, line.group, line.coach))

    def fits(line: Assignment, visit: Window) -> bool:
        person, group = facts.participants[line.participant], facts.groups[line.group]
        window = window_of(facts.coaches[line.coach or ""], visit)
        return window is not None and facts.window_fits(window, person, group)

    for alike in _alike(facts, visits):
        holders = {visits[line]: line for line in alike}
        is_better = True
        while is_better:
            is_better = False
            for line in alike:
                mine, old = visits[line], wanted(line)
                other = holders.get(old)
                if old is None or mine is None or other is None or mine == old:
                    continue
                if wanted(other) != old and fits(line, old) and fits(other, mine):
                    visits[line], visits[other] = old, mine
                    holders[old], holders[mine] = line, other
                    is_better = True
    return tuple(replace(line, visit=visits.get(line)) for line in plan)


def _alike(facts: Facts, lines: Iterable[Assignment]) -> Iterable[list[Assignment]]:
    """The lines that can change times with each other: one coach, venue and length of visits."""

    def kind(line: Assignment) -> tuple[str, str, int]:
        group = facts.groups[line.group]
        assert group.coaching is not None
        return line.coach or "", group.venue or "", group.coaching.visit_minutes

    return (list(rows) for _, rows in groupby(sorted(lines, key=kind), key=kind))


def moved_visits(
    published: Iterable[Assignment], plan: Iterable[Assignment]
) -> tuple[tuple[Assignment, Assignment], ...]:
    """Before and after, where the pair and the coach are the same and the visit is not."""
    before = {(line.participant, line.group, line.coach): line for line in published}
    found = []
    for line in plan:
        old = before.get((line.participant, line.group, line.coach))
        if old is not None and old.visit != line.visit:
            found.append((old, line))
    return tuple(sorted(found, key=lambda both: (both[1].participant, both[1].group)))
