"""Pins that cannot stand together: a smallest set of pins and rules, and the words for it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from scheduler.constraints import RULES, build
from scheduler.engine import Engine
from scheduler.options import find_options
from scheduler.params import Params
from scheduler.problem import Pair, Problem
from scheduler.result import Conflict

MEANING = {
    "H1": "a group has at most its capacity",
    "H2": "a group has nobody or at least its minimum size",
    "H3": "a participant has at most max_groups groups",
    "H4": "a participant has at most one group of a measure",
    "H5": "no two groups of a participant clash, travel between them included",
    "H6": "a participant's minutes a week are limited",
    "H7": "a participant in a coached group has a coach with the skills, and a visit that fits",
    "H8": "a coach has at most caseload participants",
    "H9": "a coach's visits fit the minutes of the week and of each window",
    "H10": "a coach visits one venue a window",
    "H11": "participants kept apart share no group",
    "H12": "participants kept together have the same groups",
    "H13": "a quota over groups is kept",
}


def find_conflict(problem: Problem, params: Params) -> Conflict:
    """Pins and rules that cannot stand together while without any one of them the rest can.

    ``problem`` is infeasible. One element after the other is left out, and stays out if the rest
    still cannot stand. Leaving out a pin may also take an option away, so that the order matters:
    the pass is repeated until nothing more can go.
    """
    pins, rules = list(problem.pins), [label for label in RULES if label != "H14"]
    shrunk = True
    while shrunk:
        shrunk = False
        for label in list(rules):
            fewer = [rule for rule in rules if rule != label]
            if not _can_stand(problem, pins, fewer, params):
                rules, shrunk = fewer, True
        for pin in list(pins):
            rest = [other for other in pins if other is not pin]
            if not _can_stand(problem, rest, rules, params):
                pins, shrunk = rest, True
    return Conflict(tuple(pins), tuple(rules), _text(pins, rules))


def _can_stand(
    problem: Problem, pins: Collection[Pair], rules: Collection[str], params: Params
) -> bool:
    if not pins:
        return True  # nobody anywhere obeys every rule
    smaller = replace(problem, pins=tuple(pins))
    model = build(smaller, find_options(smaller), [*rules, "H14"])
    engine = Engine(model, params)
    outcome = engine.maximise(())
    return not outcome.is_infeasible


def _text(pins: Collection[Pair], rules: Collection[str]) -> str:
    pairs = ", ".join(
        f"{pin.participant} in {pin.group}" + (f" with {pin.coach}" if pin.coach else "")
        for pin in pins
    )
    meanings = "; ".join(f"{label}: {MEANING[label]}" for label in rules)
    return f"These pins cannot stand together: {pairs}. The rules in the way: {meanings}."
