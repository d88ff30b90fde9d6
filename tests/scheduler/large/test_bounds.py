"""Bounds by the relaxation of the whole: what its rows leave out must not be far."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from scheduler.large.bounds import Bounds
from scheduler.large.clock import Clock
from scheduler.large.levels import levels
from scheduler.large.prices import Paid, Prices
from scheduler.params import Params
from scheduler.problem import Participant, Problem, Wish
from scheduler.solve import in_order
from tests.scheduler.large.markets import (
    best_of,
    chance,
    gathered,
    group,
    market_of,
    seen_twice,
)


def bounds_of(problem: Problem) -> Bounds:
    market = market_of(problem)
    prices = Prices(market)
    clock = Clock(Params(), None, time.monotonic())
    bounds = Bounds(market, levels(market), Paid(prices, prices.start()), clock)
    bounds.relax()
    return bounds


def test_half_of_somebody_in_each_of_two_groups_of_one_coach_is_no_whole_one() -> None:
    problem = seen_twice(2, [1])
    assert best_of(problem)[0] == 1
    assert bounds_of(problem).of(0, []) == 1


@pytest.mark.parametrize("seed", range(30))
def test_no_bound_is_below_plans_in_which_coaches_see_people_twice(seed: int) -> None:
    rng = chance(seed)
    caseloads = [rng.randint(1, 2) for _ in range(rng.randint(1, 2))]
    problem = seen_twice(
        rng.randint(1, 3), caseloads, [rng.randint(1, 3) for _ in range(2)], rng.randint(1, 3)
    )
    weights = [rng.choice([0, 1, 3]) for _ in problem.participants]
    people = zip(problem.participants, weights, strict=True)
    problem = replace(problem, participants=tuple(replace(p, weight=w) for p, w in people))
    best, bounds = best_of(problem), bounds_of(problem)
    assert bounds.of(0, []) >= best[0]
    assert bounds.of(1, best[:1]) >= best[1]


@pytest.mark.parametrize("seed", range(12))
def test_no_bound_is_false_by_rounding_where_weights_are_huge(seed: int) -> None:
    """Everybody can have what they wish most: the sum of tens of huge numbers less another one."""
    rng = chance(seed)
    groups = [group(f"g{i}") for i in range(30)]
    people = [
        Participant(
            f"p{i}",
            rng.randint(1, 10**9),
            wishes=(Wish(1, measure=f"g{i}", utility=rng.choice([97, 89, 83])),),
        )
        for i in range(30)
    ]
    problem = in_order(gathered(groups, people))
    market = market_of(problem)
    prices = Prices(market)
    clock = Clock(Params(), None, time.monotonic())
    bounds = Bounds(market, levels(market), Paid(prices, prices.start()), clock)
    for find in (bounds.price, bounds.narrow, bounds.relax):
        find()
        served, wishes = (sum(sizes) for sizes in zip(*map(best_alone, people), strict=True))
        assert bounds.of(0, []) >= served
        assert bounds.of(1, [served]) >= wishes


def best_alone(person: Participant) -> tuple[int, int]:
    """What the only group of a person brings to served and to wishes."""
    return person.weight, person.wishes[0].utility or 0
