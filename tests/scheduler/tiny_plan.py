"""A tiny problem with a plan that breaks nothing, to be broken one rule at a time.

p0 is in g0 (coached by c0, Monday morning) and g1, p1 in g0; p2 wishes nothing.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from scheduler.check import Facts, evaluate
from scheduler.problem import (
    Coach,
    Coaching,
    Group,
    Horizon,
    Participant,
    Place,
    Problem,
    Slot,
    Venue,
    Window,
    Wish,
)
from scheduler.result import Assignment, Result, TierValue

MORNING = Window(0, 8 * 60, 12 * 60)


def slot(day: int, start: int, end: int) -> Slot:
    """A slot on a day of January 2027 (the 11th is a Monday), in full hours."""
    return Slot(datetime(2027, 1, day, start), datetime(2027, 1, day, end))


PROBLEM = Problem(
    name="tiny",
    horizon=Horizon(date(2027, 1, 11), date(2027, 1, 24), "Europe/Zurich"),
    venues=(Venue("v0", Place(46.2, 6.1)), Venue("v1", Place(46.24, 6.1))),
    groups=(
        Group(
            "g0", "theatre", "v0", 2, 0, (slot(11, 8, 12), slot(18, 8, 12)), coaching=Coaching(60)
        ),
        Group("g1", "garden", "v1", 2, 0, (slot(12, 8, 12), slot(19, 8, 12))),
    ),
    coaches=(Coach("c0", frozenset(), 2, 120, None, (MORNING,)),),
    participants=(
        Participant(
            "p0",
            3,
            home=Place(46.2, 6.1),
            wishes=(Wish(1, measure="theatre"), Wish(2, group="g1")),
            max_groups=2,
        ),
        Participant("p1", 2, wishes=(Wish(1, measure="theatre"),)),
        Participant("p2", 1),
    ),
)
ASSIGNMENTS = (
    Assignment("p0", "g0", 1, "c0", Window(0, 480, 540)),
    Assignment("p0", "g1", 2),
    Assignment("p1", "g0", 1, "c0", Window(0, 540, 600)),
)


def changed(kind: str, id_: str, problem: Problem = PROBLEM, **changes) -> Problem:
    """The problem with some fields of one of its groups, coaches or participants changed."""
    rows = tuple(
        replace(row, **changes) if row.id == id_ else row for row in getattr(problem, kind)
    )
    return replace(problem, **{kind: rows})


def result_of(problem: Problem = PROBLEM, assignments=ASSIGNMENTS, **changes) -> Result:
    """A result that says only what is true of the assignments: nothing proven, no reasons."""
    facts = Facts(problem)
    ranked = tuple(
        replace(a, rank=facts.rank(facts.participants[a.participant], facts.groups[a.group]))
        for a in assignments
    )
    placed = {a.participant for a in assignments}
    result = Result(
        status="feasible",
        assignments=ranked,
        tiers=tuple(
            TierValue(name, value, None, proven=False)
            for name, value in evaluate(problem, ranked).items()
        ),
        unplaced=tuple(
            {"participant": p.id, "wishes": []} for p in problem.participants if p.id not in placed
        ),
    )
    return replace(result, **changes)
