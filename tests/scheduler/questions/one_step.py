"""Every plan within one step of a plan, by trying all of them: no index, no shortcut."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from random import Random

from scheduler.check import Facts, Plan, broken, evaluate
from scheduler.check.plan import window_of
from scheduler.check.tiers import goodness
from scheduler.greedy import greedy
from scheduler.problem import Problem, Window
from scheduler.result import Assignment

Lines = tuple[Assignment, ...]


def some_plan(problem: Problem, rng: Random) -> Lines | None:
    """A valid plan in which places are left and people are left out; None where none is found."""
    plan = greedy(problem)
    if plan is None:
        return None
    facts = Facts(problem)
    for line in plan:
        rest = tuple(other for other in plan if other != line)
        if rng.random() < 0.3 and not broken(facts, Plan(facts, rest)):
            plan = rest
    return plan


def is_valid(problem: Problem, plan: Lines) -> bool:
    """Whether the plan breaks no rule, as the checker sees it."""
    facts = Facts(problem)
    return not broken(facts, Plan(facts, plan))


def worth(problem: Problem, plan: Lines) -> tuple[tuple[int, ...], ...]:
    """A key by which plans compare: the greater, the better for the objective."""
    return tuple(goodness(problem, *tier) for tier in evaluate(problem, plan).items())


def additions(problem: Problem, plan: Lines, participant: str, group: str) -> Iterator[Lines]:
    """Valid plans with the pair added, and with it all whom the participant must be with."""
    yield from _with(problem, plan, (), participant, group)


def moves(problem: Problem, plan: Lines, participant: str, group: str) -> Iterator[Lines]:
    """Valid plans in which the participant has the group instead of another one."""
    for own in {line.group for line in plan if line.participant == participant}:
        yield from _with(problem, plan, (own,), participant, group)


def exchanges(problem: Problem, plan: Lines, participant: str, group: str) -> Iterator[Lines]:
    """Valid plans in which, besides, one other person who is in the way has another line.

    Nobody is in the way where a minimum size alone forbids: then somebody is missing.
    """
    own = [line for line in plan if line.participant == participant]
    pinned = {(pin.participant, pin.group) for pin in problem.pins}
    any_size = replace(problem, groups=tuple(replace(g, min_size=0) for g in problem.groups))
    for leaving in (None, *own):
        staying = [line for line in plan if line != leaving]
        if any(_joined(any_size, staying, [(participant, group)])):
            continue
        for line in staying:
            if line.participant == participant or (line.participant, line.group) in pinned:
                continue
            rest = [other for other in staying if other != line]
            for target in problem.groups:
                if target.id == group and line.group != group:
                    continue
                pairs = [(participant, group), (line.participant, target.id)]
                yield from _joined(problem, rest, pairs)


def _with(
    problem: Problem, plan: Lines, leaving: tuple[str, ...], participant: str, group: str
) -> Iterator[Lines]:
    unit = friends(problem, participant)
    rest = [line for line in plan if not (line.participant in unit and line.group in leaving)]
    pins = {(pin.participant, pin.group) for pin in problem.pins}
    if not any((person, id_) in pins for person in unit for id_ in leaving):
        yield from _joined(problem, rest, [(person, group) for person in unit])


def friends(problem: Problem, participant: str) -> list[str]:
    """The participant and all who are kept together with them, whoever links them."""
    found = [participant]
    for id_ in found:
        for pair in problem.together:
            if id_ in pair:
                found += [other for other in pair if other not in found]
    return found


def _joined(
    problem: Problem, rest: list[Assignment], pairs: list[tuple[str, str]]
) -> Iterator[Lines]:
    if {(line.participant, line.group) for line in rest} & set(pairs):
        return
    facts = Facts(problem)
    for lines in product(*(list(_lines(facts, *pair)) for pair in pairs)):
        plan = _timed(facts, [*rest, *lines])
        if plan is not None and not broken(facts, Plan(facts, plan)):
            yield plan


def _lines(facts: Facts, participant: str, group_id: str) -> Iterator[Assignment]:
    group = facts.groups[group_id]
    line = Assignment(participant, group_id, facts.rank(facts.participants[participant], group))
    if group.coaching is None:
        yield line
        return
    for coach in facts.problem.coaches:
        for window in coach.availability:
            end = window.start + group.coaching.visit_minutes
            if end <= window.end:
                visit = Window(window.day, window.start, end)
                yield replace(line, coach=coach.id, visit=visit)


def _timed(facts: Facts, lines: list[Assignment]) -> Lines | None:
    """The visits of each window one after another; None where they do not fit."""
    ends: dict[tuple[str, Window], int] = {}
    timed = []
    for line in lines:
        if line.coach is None or line.visit is None:
            timed.append(line)
            continue
        window = window_of(facts.coaches[line.coach], line.visit)
        assert window is not None
        start = ends.get((line.coach, window), window.start)
        end = ends[line.coach, window] = start + line.visit.end - line.visit.start
        if end > window.end:
            return None
        timed.append(replace(line, visit=replace(line.visit, start=start, end=end)))
    return tuple(timed)
