"""Give a group to everybody whom nothing keeps out: what a search cut short may have left."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from scheduler.coaching import Visits, visit_after
from scheduler.occupancy import Occupancy
from scheduler.options import Listed, Options
from scheduler.problem import Problem
from scheduler.result import Assignment


def completed(
    problem: Problem, options: Options | Listed, visits: Visits, plan: Sequence[Assignment]
) -> tuple[Assignment, ...]:
    """The plan and, heaviest first, those who can be added to it with all else unchanged.

    Only where ``served`` comes first, without slack: else it may be better to leave them out.
    """
    policy = problem.policy
    if policy.objective[:1] != ("served",) or policy.slack.get("served"):
        return tuple(plan)
    occupancy = Occupancy(problem, visits, plan)
    start = np.searchsorted(options.participant, np.arange(len(problem.participants) + 1))
    placed = {line.participant for line in plan}
    missing = [
        p
        for p, person in enumerate(problem.participants)
        if person.weight and person.id not in placed
    ]
    added = []
    for p in sorted(missing, key=lambda p: -problem.participants[p].weight):
        wished = sorted(
            range(start[p], start[p + 1]), key=lambda o: (-options.utility[o], options.minutes[o])
        )
        for o in wished:
            g = int(options.group[o])
            group = problem.groups[g]
            # Most groups are full, which is quicker to see than all that H1 to H13 say.
            is_full = len(occupancy.members[group.id]) >= group.capacity
            if not is_full and not occupancy.broken(p, g):
                line = _placed(problem, visits, occupancy, p, g, int(options.rank[o] or 0) or None)
                occupancy.add(line)
                added.append(line)
                break
    return (*plan, *added)


def _placed(
    problem: Problem, visits: Visits, occupancy: Occupancy, p: int, g: int, rank: int | None
) -> Assignment:
    person, group = problem.participants[p], problem.groups[g]
    if group.coaching is None:
        return Assignment(person.id, group.id, rank)
    # None free: then one of H7 to H10 would have been broken.
    u = occupancy.free_units(p, g)[0]
    unit = visits.units[u]
    visit = visit_after(unit.window, occupancy.minutes_inside(u), group.coaching.visit_minutes)
    return Assignment(person.id, group.id, rank, problem.coaches[unit.coach].id, visit)
