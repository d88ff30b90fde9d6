"""The part of a problem that its pins are about: whether they can stand is decided there.

Emptying a group to which nobody is pinned breaks no rule, and neither does taking out somebody
whom nothing ties to a pin. So a plan of the part is a plan of the whole, and where the part has
none, the whole has none either.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from scheduler.problem import Participant, Problem


def pinned_part(problem: Problem) -> Problem:
    """The pinned groups, and those people who are pinned, kept together with others, or wish a
    group in which the pins alone are too few to open it."""
    sizes = Counter(pin.group for pin in problem.pins)
    groups = tuple(group for group in problem.groups if sizes[group.id])
    short = [group for group in groups if sizes[group.id] < group.min_size]
    targets = {group.id for group in short} | {group.measure for group in short}
    bound = {pin.participant for pin in problem.pins}
    bound |= {id_ for pair in problem.together for id_ in pair}
    people = tuple(
        _with_wishes_for(sizes, person)
        for person in problem.participants
        if person.id in bound or any({w.group, w.measure} & targets for w in person.wishes)
    )
    kept = {person.id for person in people}
    return replace(
        problem,
        groups=groups,
        participants=people,
        bans=tuple(ban for ban in problem.bans if ban.participant in kept and sizes[ban.group]),
        apart=tuple(pair for pair in problem.apart if kept.issuperset(pair)),
        quotas=tuple(
            replace(quota, groups=tuple(g for g in quota.groups if sizes[g]))
            for quota in problem.quotas
        ),
        previous=(),
    )


def _with_wishes_for(groups: Counter[str], person: Participant) -> Participant:
    wishes = tuple(w for w in person.wishes if w.group is None or groups[w.group])
    return replace(person, wishes=wishes)
