"""Regions: two worked at at the same time, and coaches' visits with people who may come."""

from __future__ import annotations

from datetime import date, datetime
from random import Random

import numpy as np
import pytest

from scheduler.check import evaluate
from scheduler.greedy import greedy
from scheduler.large.coached_regions import CoachedRegions
from scheduler.large.flow import placed_anew
from scheduler.large.market import Choice, Market
from scheduler.large.prices import Prices
from scheduler.large.region import Region
from scheduler.large.rounding import relaxed, rounded
from scheduler.matrix import Floats
from scheduler.problem import (
    Coach,
    Coaching,
    Group,
    Horizon,
    Participant,
    Problem,
    Slot,
    Venue,
    Window,
    Wish,
)
from scheduler.result import Assignment
from tests.scheduler.large.markets import SEEDS, aim_of, faults, market_of, problem_of


def whole(region: Region, margin: float = -1.0) -> Floats | None:
    found = relaxed(region, lambda: None, lambda: False)
    return found and rounded(region, *found, margin, 5.0)


def visited(market: Market, choice: Choice) -> Choice:
    """All visits once, and everybody placed anew."""
    aim = aim_of(market)
    prices = Prices(market)
    at = prices.lowered(prices.start(), aim, (300.0, 60.0, 12.0, 4.0, 1.0), 40, lambda: False)
    coached = CoachedRegions(market, aim, prices.gains(at, aim), 60.0)
    rng = Random(0)  # noqa: S311  chance for tests, no secret
    for groups in coached.neighbourhoods(rng):
        region = coached.region(choice, groups)
        values = whole(region, 60.0)
        if values is not None:
            choice = coached.chosen(region, values, choice)
    found = placed_anew(market, aim, choice)
    assert found is not None
    return found


@pytest.mark.parametrize("seed", SEEDS)
def test_regions_worked_at_at_the_same_time_leave_a_plan_that_obeys_every_rule(seed: int) -> None:
    problem = problem_of(seed)
    begun = greedy(problem)
    if begun is None:
        return
    market = market_of(problem)
    choice, aim = market.choice_of(begun), aim_of(market)
    rng = np.random.default_rng(seed)
    everything = np.ones(len(market.options), dtype=bool)
    first = Region(market, choice, rng.random(len(market.capacity)) < 0.5, everything, aim)
    there = rng.random(len(market.capacity)) < 0.7
    second = Region(market, choice, there, everything, aim, held=first.claim)
    values = whole(first), whole(second)
    for region, mine in zip((second, first), reversed(values), strict=True):
        if mine is not None:
            choice = region.chosen(mine, choice)
    assert faults(problem, market.plan_of(choice)) == []


@pytest.mark.parametrize("seed", SEEDS)
def test_visits_anew_obey_every_rule(seed: int) -> None:
    problem = problem_of(seed)
    begun = greedy(problem)
    if begun is None:
        return
    market = market_of(problem)
    choice = visited(market, market.choice_of(begun))
    assert faults(problem, market.plan_of(choice)) == []


def test_somebody_comes_to_a_visit_and_leaves_their_place_to_another() -> None:
    morning = Slot(datetime(2027, 1, 4, 8), datetime(2027, 1, 4, 12))
    coached = Group("a", "m1", "v", 1, 0, (morning,), coaching=Coaching(60))
    other = Group("b", "m2", "v", 1, 0, (morning,))
    both, one = (Wish(1, measure="m2"), Wish(2, measure="m1")), (Wish(1, measure="m2"),)
    problem = Problem(
        "leaving",
        Horizon(date(2027, 1, 4), date(2027, 1, 10), "Europe/Paris"),
        venues=(Venue("v", None),),
        groups=(coached, other),
        coaches=(Coach("c", frozenset(), 1, 480, None, (Window(0, 480, 720),)),),
        participants=(Participant("p", 1, wishes=both), Participant("q", 1, wishes=one)),
    )
    market = market_of(problem)
    begun = market.choice_of((Assignment("p", "b", 1),))
    without = placed_anew(market, aim_of(market), begun)
    assert without is not None
    assert evaluate(problem, market.plan_of(without))["served"] == 1
    assert evaluate(problem, market.plan_of(visited(market, begun)))["served"] == 2
