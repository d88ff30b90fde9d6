"""Groups that clash, against the checker's own reading of H5."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings

from scheduler.check import Facts
from scheduler.clashes import clashes
from scheduler.problem import Travel
from tests.scheduler.small_problems import problems
from tests.scheduler.tiny_plan import PROBLEM, changed, slot


@settings(max_examples=150, deadline=None)
@given(problem=problems())
def test_the_groups_that_clash_are_those_of_the_checker(problem):
    facts, groups = Facts(problem), problem.groups
    expected = [[a is not b and facts.clash(a, b) for b in groups] for a in groups]
    assert clashes(problem).tolist() == expected


def clash(*slots, **changes):
    """Whether g0, on the 11th from 8 to 12 at v0, clashes with g1 at these slots."""
    problem = changed("groups", "g0", slots=(slot(11, 8, 12),))
    return bool(clashes(changed("groups", "g1", problem, slots=slots, **changes))[0, 1])


def test_the_way_to_another_venue_takes_time():
    # v0 to v1 are 18 minutes
    assert clash(slot(11, 12, 13))
    assert not clash(slot(11, 12, 13), venue="v0")
    assert not clash(slot(11, 12, 13), venue=None)
    assert not clash(slot(11, 13, 14))


@pytest.mark.parametrize("day", [12, 18, 19])
def test_another_day_is_no_clash(day):
    assert not clash(slot(day, 8, 12))


def test_one_date_in_common_is_enough():
    assert clash(slot(18, 8, 12), slot(11, 9, 10), slot(12, 9, 10), slot(11, 20, 21))


def test_nobody_and_nothing_clash():
    assert clashes(replace(PROBLEM, groups=())).shape == (0, 0)
    assert not clashes(changed("groups", "g0", slots=())).any()


def test_a_traveller_who_hardly_moves_needs_the_whole_day():
    slow = replace(PROBLEM, policy=replace(PROBLEM.policy, travel=Travel(1.3, 0.01)))
    slow = changed("groups", "g0", slow, slots=(slot(11, 8, 9),))
    assert clashes(changed("groups", "g1", slow, slots=(slot(11, 22, 23),)))[0, 1]
