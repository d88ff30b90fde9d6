"""Give a group to everybody whom nothing keeps out: what a search cut short may have left."""

from __future__ import annotations

from collections.abc import Sequence

from scheduler.model import Model
from scheduler.occupancy import Occupancy
from scheduler.problem import Window
from scheduler.result import Assignment


def completed(model: Model, plan: Sequence[Assignment]) -> tuple[Assignment, ...]:
    """The plan and, heaviest first, those who can be added to it with all else unchanged."""
    problem, options = model.problem, model.options
    occupancy = Occupancy(problem, model.visits, plan)
    placed = {line.participant for line in plan}
    missing = [
        p
        for p, person in enumerate(problem.participants)
        if person.weight and person.id not in placed
    ]
    added = []
    for p in sorted(missing, key=lambda p: -problem.participants[p].weight):
        wished = sorted(
            model.of_participant[p], key=lambda o: (-options.utility[o], options.minutes[o])
        )
        for o in wished:
            # Most groups are full, which is quicker to see than all that H1 to H13 say.
            is_full = len(occupancy.members[model.group_of(o).id]) >= model.group_of(o).capacity
            if not is_full and not occupancy.broken(p, options.group[o]):
                line = _placed(model, occupancy, o)
                occupancy.add(line)
                added.append(line)
                break
    return (*plan, *added)


def _placed(model: Model, occupancy: Occupancy, o: int) -> Assignment:
    problem, options = model.problem, model.options
    person, group = problem.participants[options.participant[o]], model.group_of(o)
    if group.coaching is None:
        return Assignment(person.id, group.id, options.rank[o])
    # None free: then one of H7 to H10 would have been broken.
    u = occupancy.free_units(options.participant[o], options.group[o])[0]
    unit = model.visits.units[u]
    begin = unit.window.start + occupancy.minutes_inside(u)
    visit = Window(unit.window.day, begin, begin + group.coaching.visit_minutes)
    coach = problem.coaches[unit.coach].id
    return Assignment(person.id, group.id, options.rank[o], coach, visit)
