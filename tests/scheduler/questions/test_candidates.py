"""Where to look for worth: what the duals find, what they hide, and what they prove worthless."""

from __future__ import annotations

from dataclasses import replace

from scheduler.params import Params
from scheduler.problem import Problem, Quota, Wish
from scheduler.questions.candidates import Candidates
from scheduler.questions.limits import Change
from scheduler.questions.worth import worth
from scheduler.solve import solve
from tests.scheduler.tiny_plan import PROBLEM, changed

ONE = Params(workers=1)


def candidates(problem: Problem) -> Candidates:
    return Candidates(problem, solve(problem, ONE).assignments)


def wishing(*people: tuple[int, int, str]) -> Problem:
    """The tiny problem, its people with these weights, utilities and groups, g0 without a coach."""
    told = tuple(
        replace(
            PROBLEM.participants[1],
            id=f"p{i}",
            weight=weight,
            wishes=(Wish(1, group=group, utility=utility),),
        )
        for i, (weight, utility, group) in enumerate(people)
    )
    return changed("groups", "g0", replace(PROBLEM, participants=told), coaching=None)


def test_a_worth_that_the_duals_hide_is_still_possible():
    crowd = wishing(*[(1, 10, "g0")] * 4)
    problem = changed("groups", "g0", crowd, min_size=3, capacity=4)
    problem = replace(problem, quotas=(Quota(("g0",), None, 2),))
    fewer = Change("min_size", ("g0",), 3, 2)
    found = candidates(problem)
    assert fewer not in found.promising()  # the relaxation opens half of the group
    assert fewer in found.possible()
    assert [one.change for one in worth(problem, ONE)] == [fewer]


def test_what_cannot_be_worth_anything_is_not_possible():
    heavy_and_light = wishing((3, 1, "g0"), (2, 100, "g0"), (1, 10, "g1"), (1, 10, "g1"))
    problem = changed("groups", "g1", heavy_and_light, min_size=2)
    # Two people are in g1 anyway: it matters that the heavy one with the small wish stays served.
    assert candidates(changed("groups", "g0", problem, capacity=1)).possible() == [
        Change("capacity", ("g0",), 1, 2)
    ]


def test_the_most_promising_comes_first():
    people = ((3, 1, "g0"), (3, 1, "g0"), (2, 9, "g1"), (2, 9, "g1"))
    problem = wishing(*people)
    for id_ in ("g0", "g1"):
        problem = changed("groups", id_, problem, capacity=1)
    assert [change.ids for change in candidates(problem).promising()] == [("g0",), ("g1",)]


def test_without_time_for_duals_nothing_is_ruled_out():
    heavy_and_light = wishing((3, 1, "g0"), (2, 100, "g0"), (1, 10, "g1"), (1, 10, "g1"))
    problem = changed("groups", "g1", heavy_and_light, min_size=2)
    problem = changed("groups", "g0", problem, capacity=1)
    hurried = Candidates(problem, solve(problem, ONE).assignments, seconds=0)
    assert hurried.possible() == [
        Change("capacity", ("g0",), 1, 2),
        Change("min_size", ("g1",), 2, 1),
    ]
    assert hurried.promising() == []
