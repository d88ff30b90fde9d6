"""A problem of many alike: one group of one measure for the lucky, a second for their next wish."""

from __future__ import annotations

from dataclasses import replace

from scheduler.problem import Group, Hold, Participant, Problem, Wish
from scheduler.result import Assignment
from tests.scheduler.tiny_plan import PROBLEM


def crowd(num: int, num_holders: int, room: tuple[int, int]) -> Problem:
    """``num`` people who wish g0, then g1; the first ``num_holders`` of them hold the tag."""
    wishes = (Wish(1, group="g0"), Wish(2, group="g1"))
    people = tuple(
        Participant(f"p{i:03}", 1, wishes=wishes, holds=(Hold("tag"),) if i < num_holders else ())
        for i in range(num)
    )
    groups = tuple(Group(f"g{i}", f"m{i}", None, most, 0) for i, most in enumerate(room))
    return replace(PROBLEM, groups=groups, coaches=(), participants=people)


def placed(first: range, second: range = range(0)) -> list[Assignment]:
    """Those of ``first`` in g0, those of ``second`` in g1."""
    return [
        Assignment(f"p{i:03}", f"g{g}", g + 1)
        for g, some in enumerate((first, second))
        for i in some
    ]
