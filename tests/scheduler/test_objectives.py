"""The tiers: their values, as the checker counts them, their limits, and slack."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scheduler.check import check, evaluate
from scheduler.constraints import build
from scheduler.greedy import greedy
from scheduler.objectives import tiers
from scheduler.options import find_options
from scheduler.params import Params
from scheduler.problem import Pair, Policy, Problem, Wish
from scheduler.result import Result
from scheduler.solve import solve
from tests.scheduler.small_problems import make_problem
from tests.scheduler.tiny_plan import ASSIGNMENTS, PROBLEM, changed

ONE = Params(workers=1)


def solved(problem: Problem) -> Result:
    return solve(problem, ONE)


def value(result: Result, name: str) -> object:
    return next(tier.value for tier in result.tiers if tier.name == name)


def with_policy(problem: Problem = PROBLEM, **changes) -> Problem:
    return replace(problem, policy=replace(problem.policy, **changes))


@pytest.mark.parametrize("policy", ["weighted", "rank-maximal", "generous"])
def test_the_value_of_a_plan_is_what_the_checker_counts(policy):
    counted = 0
    for seed in range(60):
        problem = with_policy(make_problem(seed), wishes=policy)
        plan = greedy(problem)
        if plan:
            model = build(problem, find_options(problem))
            wanted = tiers(model)
            values = model.values_of(plan)
            assert {tier.name: tier.value(values) for tier in wanted} == evaluate(problem, plan)
            for tier in wanted:
                assert all(level.of(values) <= level.limit for level in tier.levels)
            counted += 1
    assert counted > 20


def test_served_counts_the_weight_of_a_person_once():
    problem = with_policy(objective=("served",))
    assert value(solved(problem), "served") == 5


def test_kept_counts_the_pair_and_the_coach():
    coach = PROBLEM.coaches[0]
    other = replace(coach, id="c1")
    problem = replace(
        with_policy(objective=("kept",)),
        coaches=(coach, other),
        previous=(Pair("p0", "g0", "c1"), Pair("p0", "g1"), Pair("p1", "g0", "c0")),
    )
    result = solved(problem)
    assert value(result, "kept") == 5
    assert {(a.participant, a.coach) for a in result.assignments if a.coach} == {
        ("p0", "c1"),
        ("p1", "c0"),
    }


def test_travel_is_the_least_in_all():
    problem = with_policy(objective=("served", "travel"))
    result = solved(problem)
    assert [(a.participant, a.group) for a in result.assignments] == [("p0", "g0"), ("p1", "g0")]
    assert value(result, "travel") == 0


# One place in g1: p1's first wish, or p2's second.
RANKS = changed("groups", "g1", capacity=1)
RANKS = changed("participants", "p0", RANKS, wishes=())
RANKS = changed("participants", "p1", RANKS, wishes=(Wish(1, group="g1"), Wish(3, group="g0")))
RANKS = changed("participants", "p2", RANKS, wishes=(Wish(2, group="g1"),))


@pytest.mark.parametrize(
    ("policy", "profile"),
    [
        ("rank-maximal", (1, 0, 0)),
        ("generous", (1, 0, 0)),
    ],
)
def test_a_profile_has_a_number_a_rank(policy, profile):
    problem = with_policy(RANKS, objective=("wishes",), wishes=policy)
    assert value(solved(problem), "wishes") == profile


def test_rank_maximal_and_generous_differ_where_a_third_wish_serves_one_more():
    both = {"objective": ("served", "wishes")}
    assert value(solved(with_policy(RANKS, wishes="rank-maximal", **both)), "wishes") == (0, 1, 1)
    alone = {"objective": ("wishes",)}
    second = changed("participants", "p1", RANKS, wishes=(Wish(3, group="g0"),))
    assert value(solved(with_policy(second, wishes="rank-maximal", **alone)), "wishes") == (0, 1, 1)
    assert value(solved(with_policy(second, wishes="generous", **alone)), "wishes") == (0, 0, 0)


@pytest.mark.parametrize(("slack", "minutes"), [(0.0, 18), (0.41, 18), (0.42, 0)])
def test_slack_lets_a_later_tier_cost_as_much_and_no_more(slack, minutes):
    # Leaving g1 (utility 70 of 170) saves all the travel.
    problem = changed("participants", "p1", wishes=())
    problem = with_policy(problem, objective=("wishes", "travel"), slack={"wishes": slack})
    result = solved(problem)
    assert value(result, "travel") == minutes
    wishes = result.tiers[0]
    assert wishes.proven
    assert wishes.bound == 170
    assert wishes.value == (170 if minutes else 100)


def test_a_tier_with_nothing_to_gain_is_proven_at_nothing():
    problem = replace(PROBLEM, policy=Policy(objective=("kept",)))
    (tier,) = solved(problem).tiers
    assert (tier.value, tier.bound, tier.proven) == (0, 0, True)


def test_a_false_bound_or_a_false_proof_does_not_pass_the_check():
    result = solved(PROBLEM)
    served = result.tiers[0]
    assert check(PROBLEM, result) == []
    below = replace(served, bound=4, value=5, proven=False)
    assert check(PROBLEM, replace(result, tiers=(below, *result.tiers[1:]), status="feasible"))
    worse = replace(result, assignments=ASSIGNMENTS[:2], unplaced=())
    assert check(PROBLEM, worse)
