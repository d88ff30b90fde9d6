"""The search of large problems, tried on problems small enough for brute force."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import date, datetime

import pytest

from scheduler.check import Facts, Plan, broken, evaluate, known
from scheduler.check.tiers import allowed_loss, goodness
from scheduler.clashes import clashes
from scheduler.coaching import Visits
from scheduler.greedy import greedy
from scheduler.large.market import Market
from scheduler.large.search import LargeSearch
from scheduler.options import find_options
from scheduler.params import Params
from scheduler.problem import Group, Horizon, Participant, Problem, Slot, Wish
from scheduler.result import Assignment, TierValue
from scheduler.solve import _is_large, in_order, solve
from tests.scheduler.brute_force import every_value
from tests.scheduler.small_problems import make_problem

SEEDS = range(150)


def market_of(problem: Problem) -> Market:
    return Market(problem, find_options(problem), clashes(problem), Visits(problem))


def improved(
    problem: Problem, workers: int = 1, whole_up_to: int = 1000
) -> tuple[tuple[Assignment, ...], list[TierValue]] | None:
    """What the search makes of first come, first served; None where that is no plan."""
    begun = greedy(problem)
    if begun is None:
        return None
    params = Params(time_limit=None, workers=workers)
    search = LargeSearch(
        market_of(problem), params, None, None, time.monotonic(), whole_up_to=whole_up_to
    )
    return search.improve(begun)


@pytest.mark.parametrize("whole_up_to", [1000, 0], ids=["relaxed", "priced"])
@pytest.mark.parametrize("seed", SEEDS)
def test_a_plan_obeys_every_rule_and_no_bound_is_below_what_a_plan_reaches(
    seed: int, whole_up_to: int
) -> None:
    problem = in_order(make_problem(seed))
    found = improved(problem, workers=1 + seed % 2, whole_up_to=whole_up_to)
    if found is None:
        return
    plan, tiers = found
    facts = Facts(problem)
    counted, wrong = known(facts, plan)
    assert wrong == []
    assert broken(facts, counted) == []
    assert {tier.name: tier.value for tier in tiers} == evaluate(problem, plan)
    left = every_value(problem)
    for tier in tiers:
        assert tier.bound is not None
        best = max(goodness(problem, tier.name, values[tier.name]) for values in left)
        assert goodness(problem, tier.name, tier.bound) >= best, tier
        least = goodness(problem, tier.name, tier.value)
        loss = allowed_loss(problem, tier.name, tier.value)
        least = (least[0] - loss, *least[1:])
        left = [v for v in left if goodness(problem, tier.name, v[tier.name]) >= least]


def test_the_first_tier_is_mostly_the_best_there_is() -> None:
    reached = 0
    tried = 0
    for seed in SEEDS:
        problem = in_order(make_problem(seed))
        found = improved(problem)
        if found is None:
            continue
        tried += 1
        first = found[1][0]
        best = max(
            goodness(problem, first.name, values[first.name]) for values in every_value(problem)
        )
        reached += goodness(problem, first.name, first.value) == best
    assert reached >= 0.9 * tried


def test_somebody_with_thousands_of_options_makes_a_problem_large() -> None:
    slot = Slot(datetime(2027, 1, 5, 9), datetime(2027, 1, 5, 10))
    group = Group("g", "m", None, 1, 0, (slot,))
    problem = Problem(
        "crowded",
        Horizon(date(2027, 1, 4), date(2027, 1, 10), "Europe/Paris"),
        groups=tuple(replace(group, id=f"g{i:04}", measure=f"m{i % 7}") for i in range(4000)),
        participants=(Participant("p", 1, wishes=wishes(), max_groups=2),),
    )
    assert _is_large(find_options(problem))
    result = solve(problem, Params(time_limit=0.0))
    assert [tier.value for tier in result.tiers][:2] == [1, 100]
    assert len(result.assignments) == 1


def wishes() -> tuple[Wish, ...]:
    return tuple(Wish(1, measure=f"m{i}") for i in range(7))


def test_a_plan_taken_in_and_told_again_is_the_same() -> None:
    for seed in SEEDS:
        problem = in_order(make_problem(seed))
        plan = greedy(problem)
        if plan is None:
            continue
        market = market_of(problem)
        again = market.plan_of(market.choice_of(plan))
        assert {(a.participant, a.group, a.rank, a.coach) for a in again} == {
            (a.participant, a.group, a.rank, a.coach) for a in plan
        }
        assert broken(Facts(problem), Plan(Facts(problem), again)) == []
