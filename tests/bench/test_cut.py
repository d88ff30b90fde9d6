"""A problem cut to a size is a valid problem, of the people and groups in the middle."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from scheduler import jsonio
from scheduler.options import find_options
from scheduler.problem import Pair, Place, Quota
from tests.bench.cut import cut
from tests.scheduler.small_problems import make_problem
from tests.scheduler.tiny_plan import PROBLEM

INSTANCES = Path(__file__).parents[1] / "scheduler" / "instances"


@pytest.mark.parametrize("seed", range(40))
def test_what_is_left_refers_to_nothing_that_is_gone(seed):
    problem = make_problem(seed)
    for size in range(1, len(problem.participants)):
        smaller = cut(problem, size)
        assert len(smaller.participants) == size
        assert jsonio.read(jsonio.dump_problem(smaller)) == smaller


def test_an_instance_keeps_its_share_of_everything_and_most_of_its_options():
    problem = jsonio.read((INSTANCES / "pau.json.gz").read_bytes())
    half = cut(problem, len(problem.participants) // 2)
    assert jsonio.read(jsonio.dump_problem(half)) == half
    for rows in ("participants", "groups", "coaches"):
        share = len(getattr(half, rows)) / len(getattr(problem, rows))
        assert share == pytest.approx(0.5, abs=0.01)
    assert len(find_options(half)) > 0.8 * 0.5 * len(find_options(problem))


def test_no_smaller_than_asked_for_is_the_whole():
    assert cut(PROBLEM, len(PROBLEM.participants)) is PROBLEM


def test_the_nearest_to_the_middle_stay():
    homes = (0.0, 0.1, 0.2, 0.3, 5.0)
    person = PROBLEM.participants[0]
    people = tuple(
        replace(person, id=f"p{i}", home=Place(46.2, lon)) for i, lon in enumerate(homes)
    )
    smaller = cut(replace(PROBLEM, participants=people), 3)
    assert [person.id for person in smaller.participants] == ["p1", "p2", "p3"]


def test_a_quota_shrinks_with_its_groups_and_a_coach_who_is_gone_is_forgotten():
    problem = replace(
        PROBLEM,
        coaches=(),
        quotas=(Quota(("g0", "g1"), None, 4),),
        previous=(Pair("p0", "g0", "c0"),),
    )
    smaller = cut(problem, 2)
    assert [(quota.groups, quota.max) for quota in smaller.quotas] == [(("g0",), 2)]
    assert smaller.previous == (Pair("p0", "g0"),)
