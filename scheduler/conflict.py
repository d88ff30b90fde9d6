"""Pins that cannot stand together: a smallest set of pins and rules, and the words for it."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from dataclasses import replace
from functools import partial
from typing import TypeVar

from scheduler.constraints import RULES, build
from scheduler.engine import Engine
from scheduler.model import Model
from scheduler.options import find_options
from scheduler.params import Params
from scheduler.pinned import pinned_part
from scheduler.problem import Pair, Problem
from scheduler.result import Conflict
from scheduler.second_opinion import second_opinion
from scheduler.waiting import Stop

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


def find_conflict(
    problem: Problem, params: Params, seconds: float | None = None, should_stop: Stop | None = None
) -> Conflict | None:
    """Pins and rules that cannot stand together while without any one of them the rest can.

    ``problem`` is infeasible. One stretch after the other is left out, and stays out if the rest
    still cannot stand. Leaving out a pin may also take an option away, so that the order matters:
    the pass is repeated until nothing more can go. None where ``seconds`` were not enough, it was
    stopped, or HiGHS does not agree: what is left is then not known to be a minimal conflict.
    """
    pins, rules = list(problem.pins), [label for label in RULES if label != "H14"]
    search = _Search(problem, params, seconds, should_stop)
    before = 0
    try:
        while len(pins) + len(rules) != before:
            before = len(pins) + len(rules)
            rules = _shrunk(rules, partial(search.can_stand, pins))
            pins = _shrunk(pins, partial(search.can_stand, rules=rules))
    except _OutOfTimeError:
        return None
    if not search.is_confirmed(pins, rules):
        return None
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


class _OutOfTimeError(Exception):
    """Whether a part of the problem can stand was not found in time."""


class _Search:
    def __init__(
        self, problem: Problem, params: Params, seconds: float | None, should_stop: Stop | None
    ) -> None:
        self._problem, self._params, self._should_stop = problem, params, should_stop
        self._end = None if seconds is None else time.monotonic() + seconds

    def can_stand(self, pins: Collection[Pair], rules: Collection[str]) -> bool:
        if not pins:
            return True  # nobody anywhere obeys every rule
        engine = Engine(self._model(pins, rules), self._params)
        outcome = engine.maximise((), seconds=self._left(), should_stop=self._should_stop)
        if outcome.values is None and not outcome.is_infeasible:
            raise _OutOfTimeError
        return not outcome.is_infeasible

    def is_confirmed(self, pins: Collection[Pair], rules: Collection[str]) -> bool:
        """Whether another engine says too that these cannot stand."""
        return second_opinion(self._model(pins, rules), (), self._left()).is_infeasible

    def _model(self, pins: Collection[Pair], rules: Collection[str]) -> Model:
        smaller = pinned_part(replace(self._problem, pins=tuple(pins)))
        return build(smaller, find_options(smaller), [*rules, "H14"])

    def _left(self) -> float | None:
        return None if self._end is None else max(0.0, self._end - time.monotonic())


def _text(pins: Collection[Pair], rules: Collection[str]) -> str:
    pairs = ", ".join(
        f"{pin.participant} in {pin.group}" + (f" with {pin.coach}" if pin.coach else "")
        for pin in pins
    )
    meanings = "; ".join(f"{label}: {MEANING[label]}" for label in rules)
    return f"These pins cannot stand together: {pairs}. The rules in the way: {meanings}."
