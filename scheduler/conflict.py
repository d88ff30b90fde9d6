"""Pins that cannot stand together: a smallest set of pins and rules, and the words for it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from functools import partial
from typing import TypeVar

from scheduler.constraints import RULES, build
from scheduler.engine import Engine
from scheduler.options import find_options
from scheduler.params import Params
from scheduler.pinned import pinned_part
from scheduler.problem import Pair, Problem
from scheduler.result import Conflict

Item = TypeVar("Item")

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

    ``problem`` is infeasible. One stretch after the other is left out, and stays out if the rest
    still cannot stand. Leaving out a pin may also take an option away, so that the order matters:
    the pass is repeated until nothing more can go.
    """
    pins, rules = list(problem.pins), [label for label in RULES if label != "H14"]
    before = 0
    while len(pins) + len(rules) != before:
        before = len(pins) + len(rules)
        rules = _shrunk(rules, partial(_can_stand, problem, params, pins))
        pins = _shrunk(pins, partial(_can_stand, problem, params, rules=rules))
    return Conflict(tuple(pins), tuple(rules), _text(pins, rules))


def _shrunk(items: list[Item], can_stand: Callable[[list[Item]], bool]) -> list[Item]:
    """What is left when every stretch was left out that can be: halves first, then quarters."""
    size = len(items)
    while size:
        begin = 0
        while begin < len(items):
            fewer = items[:begin] + items[begin + size :]
            if can_stand(fewer):
                begin += size
            else:
                items = fewer
        size = 0 if size == 1 else (size + 1) // 2
    return items


def _can_stand(
    problem: Problem, params: Params, pins: Collection[Pair], rules: Collection[str]
) -> bool:
    if not pins:
        return True  # nobody anywhere obeys every rule
    smaller = pinned_part(replace(problem, pins=tuple(pins)))
    model = build(smaller, find_options(smaller), [*rules, "H14"])
    return not Engine(model, params).maximise(()).is_infeasible


def _text(pins: Collection[Pair], rules: Collection[str]) -> str:
    pairs = ", ".join(
        f"{pin.participant} in {pin.group}" + (f" with {pin.coach}" if pin.coach else "")
        for pin in pins
    )
    meanings = "; ".join(f"{label}: {MEANING[label]}" for label in rules)
    return f"These pins cannot stand together: {pairs}. The rules in the way: {meanings}."
