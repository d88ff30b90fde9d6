"""The part of a problem that its pins are about: small, and as solvable as the whole."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scheduler.check import Facts, Plan, broken
from scheduler.params import Params
from scheduler.pinned import pinned_part
from scheduler.problem import Pair, Wish
from scheduler.solve import solve
from tests.scheduler.brute_force import best_values
from tests.scheduler.small_problems import make_problem
from tests.scheduler.tiny_plan import PROBLEM, changed

PINNED = [seed for seed in range(160) if make_problem(seed).pins]


@pytest.mark.parametrize("seed", PINNED)
def test_the_part_has_a_plan_just_where_the_whole_has_one(seed):
    problem = make_problem(seed)
    part = pinned_part(problem)
    assert (best_values(part) is None) == (best_values(problem) is None)


def test_a_plan_of_the_part_is_one_of_the_whole():
    checked = 0
    for seed in PINNED:
        problem = make_problem(seed)
        found = solve(pinned_part(problem), Params(workers=1))
        if found.status == "optimal":
            facts = Facts(problem)
            assert broken(facts, Plan(facts, found.assignments)) == []
            checked += 1
    assert checked > 10


def test_groups_without_pins_and_people_without_ties_are_left_out():
    part = pinned_part(replace(PROBLEM, pins=(Pair("p0", "g1"),)))
    assert [group.id for group in part.groups] == ["g1"]
    assert [person.id for person in part.participants] == ["p0"]
    assert part.participants[0].wishes == (Wish(1, measure="theatre"), Wish(2, group="g1"))


def test_whoever_may_open_a_pinned_group_belongs_to_the_part():
    problem = changed("groups", "g0", min_size=2)
    part = pinned_part(replace(problem, pins=(Pair("p0", "g0"),)))
    assert [person.id for person in part.participants] == ["p0", "p1"]


def test_those_kept_together_belong_to_the_part():
    problem = replace(PROBLEM, pins=(Pair("p0", "g1"),), together=(("p0", "p2"),))
    assert [person.id for person in pinned_part(problem).participants] == ["p0", "p2"]
