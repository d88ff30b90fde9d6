"""Prices: what they prove is never below the relaxation's best, and comes near it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain, combinations
from random import Random

import numpy as np
import pytest

from scheduler.large.market import Market
from scheduler.large.prices import Prices
from scheduler.large.program import Relaxation
from scheduler.large.region import Region
from scheduler.large.smooth import Cooling
from scheduler.matrix import Floats
from scheduler.problem import Problem
from scheduler.solve import in_order
from tests.scheduler.large.markets import (
    aim_of,
    best_of_aim,
    chance,
    coach,
    gathered,
    group,
    market_of,
    problem_of,
    wishing,
)

SEEDS = range(40)


def relaxed(market: Market) -> float:
    region = Region(
        market,
        market.empty(),
        np.ones(len(market.capacity), dtype=bool),
        np.ones(len(market.options), dtype=bool),
        aim_of(market),
    )
    values = Relaxation(region.program).solve()
    return -np.inf if values is None else float(region.program.objective @ values)


def markets() -> list[tuple[Problem, Market]]:
    problems = [problem_of(seed) for seed in SEEDS]
    found = [(problem, market_of(problem)) for problem in problems]
    return [(problem, market) for problem, market in found if market.usable.any()]


def never() -> bool:
    return False


def test_the_slope_is_that_of_the_smoothed_dual() -> None:
    rng = np.random.default_rng(0)
    for _, market in markets():
        prices = Prices(market)
        at = rng.normal(0.0, 50.0, len(prices.start()))
        _, slope = prices._smooth(at, aim_of(market), 20.0)
        for i in range(len(at)):
            step = np.zeros(len(at))
            step[i] = 1e-3
            above = prices._smooth(at + step, aim_of(market), 20.0)[0]
            below = prices._smooth(at - step, aim_of(market), 20.0)[0]
            assert slope[i] == pytest.approx((above - below) / 2e-3, rel=1e-3, abs=1e-2)


def test_so_it_is_where_coaches_see_people_twice_and_few_options_are_near() -> None:
    ways = narrowed = 0
    for market, prices, at in priced_by_chance():
        aim = aim_of(market)
        near, twice = prices._near(at, aim, 30.0, 30.0)
        assert twice is not None
        ways, narrowed = ways + len(twice.options), narrowed + len(prices.options)
        narrowed -= len(near.options)
        slope = near._smooth(at, aim, 3.0, twice)[1]
        for i in range(len(at)):
            step = np.zeros(len(at))
            step[i] = 1e-4
            above = near._smooth(at + step, aim, 3.0, twice)[0]
            below = near._smooth(at - step, aim, 3.0, twice)[0]
            assert slope[i] == pytest.approx((above - below) / 2e-4, rel=1e-3, abs=1e-2)
    assert ways > 50
    assert narrowed > 50


def test_the_smoothed_dual_comes_to_what_prices_prove_as_it_gets_cold() -> None:
    """With all options and all ways to be seen twice, and prices a few temperatures above 0."""
    for market, prices, at in priced_by_chance():
        aim, at = aim_of(market), at + 1.0
        near, twice = prices._near(at, aim, np.inf, np.inf)
        assert near._smooth(at, aim, 0.01, twice)[0] == pytest.approx(
            prices.proven(at, aim), rel=1e-4
        )


def test_options_of_pins_and_of_people_together_are_always_near() -> None:
    """Without them the price of such a row would fall for ever."""
    rng = np.random.default_rng(4)
    far = 0
    for _, market in markets():
        prices = Prices(market)
        at = np.abs(rng.normal(0.0, 300.0, len(prices.start())))
        near = prices._near(at, aim_of(market), 0.0, None)[0]
        for side in market.sides:
            if side.is_tie:
                counted = side.options[np.isin(side.options, prices.options)]
                assert np.isin(counted, near.options).all()
        far += len(prices.options) - len(near.options)
    assert far > 50


def test_prices_that_know_who_is_seen_twice_prove_more() -> None:
    """Never less by more than a descent may miss, and less for some."""
    better = 0
    for market, prices, at in priced_by_chance():
        aim = aim_of(market)
        first = prices.lowered(at, aim, Cooling((60.0, 12.0, 3.0), 60), never)
        proven = [
            prices.proven(
                prices.refined(first, aim, Cooling((3.0, 0.5), 60), never, 150.0, sees_twice=sees),
                aim,
            )
            for sees in (False, True)
        ]
        assert proven[1] <= proven[0] + 2.0
        better += proven[1] < proven[0] - 5.0
    assert better > 2


def test_refined_prices_are_no_worse_than_any_on_the_way() -> None:
    for market, prices, at in priced_by_chance():
        aim = aim_of(market)
        near = prices.refined(at, aim, Cooling((8.0,), 20), never, 0.1)
        for beginning, temperatures in ((at, (8.0, 500.0)), (near, (500.0,))):
            found = prices.refined(beginning, aim, Cooling(temperatures, 20), never, 0.1)
            assert prices.proven(found, aim) <= prices.proven(near, aim) <= prices.proven(at, aim)


def test_whatever_the_prices_no_plan_is_worth_more_than_they_prove() -> None:
    rng = np.random.default_rng(1)
    for problem, market in markets():
        prices = Prices(market)
        at = np.abs(rng.normal(0.0, 300.0, len(prices.start())))
        best = best_of_aim(problem)
        assert prices.proven(at, aim_of(market)) >= best - 1e-6


def test_lowered_prices_come_near_the_relaxation() -> None:
    gaps = []
    for _, market in markets():
        best, aim = relaxed(market), aim_of(market)
        if best <= 0:
            continue
        prices = Prices(market)
        first = prices.lowered(prices.start(), aim, Cooling((300.0, 60.0, 12.0, 3.0), 60), never)
        near = prices.refined(first, aim, Cooling((2.0, 0.5), 60), never, 150.0)
        gaps.append([prices.proven(at, aim) / best - 1 for at in (first, near)])
    assert len(gaps) > 20
    assert (np.median(gaps, axis=0) < (0.01, 0.002)).all()


def test_what_prices_prove_is_what_everybodys_best_groups_gain() -> None:
    """One by one: each person, pair of groups and pair of visits, a coach of both paid once."""
    shared = 0
    for market, prices, at in priced_by_chance():
        gained, twice = best_of_everybody(prices, market, at)
        y = prices._parts(at)
        most = np.zeros(len(market.unit_minutes))
        np.maximum.at(most, prices._where_unit, prices._where_worth(y))
        gained += float(market.capacity @ y.groups + market.caseload @ y.people + most.sum())
        gained += float(market.coach_minutes @ y.hours / 60 + prices._side_high @ y.sides)
        assert prices.proven(at, aim_of(market)) == pytest.approx(gained)
        shared += twice
    assert shared > 5


def test_what_is_lost_at_a_visit_is_its_cost_above_the_cheapest_of_its_class() -> None:
    rng = np.random.default_rng(3)
    compared = 0
    for _, prices, at in priced_by_chance():
        _, cost, _ = prices._charged(prices._parts(at))
        order = rng.permutation(len(cost))
        lost = prices.lost(at, prices._visit_class[order], prices._unit[order])
        for i, visit in enumerate(order.tolist()):
            least = cost[prices._visit_class == prices._visit_class[visit]].min()
            assert lost[i] == pytest.approx(cost[visit] - least)
            compared += lost[i] > 0
    assert compared > 20


def priced_by_chance() -> Iterator[tuple[Market, Prices, Floats]]:
    rng = np.random.default_rng(2)
    for seed in SEEDS[:28]:
        market = market_of(with_coaches(chance(seed)))
        prices = Prices(market)
        yield market, prices, np.abs(rng.normal(0.0, 20.0, len(prices.start())))


def with_coaches(rng: Random) -> Problem:
    """People who may have two groups, most of them coached, each coach there at some time."""
    groups = [group(id_, 2, is_coached=id_ != "a") for id_ in "abcd"]
    people = [wishing(f"p{i}", *rng.sample("abcd", rng.randint(1, 4))) for i in range(5)]
    people = [replace(person, max_groups=rng.randint(1, 2)) for person in people]
    coaches = [
        coach(f"c{i}", rng.randint(1, 3), rng.randint(1, 4)) for i in range(rng.randint(1, 3))
    ]
    return in_order(gathered(groups, people, coaches))


def best_of_everybody(prices: Prices, market: Market, at: Floats) -> tuple[float, int]:
    """The sum of their gains, and how many gain most with two groups of one coach."""
    y, aim = prices._parts(at), aim_of(market)
    before_visits, cost, _ = prices._charged(y)
    gain = aim.worth[prices.options] - before_visits
    total, shared = 0.0, 0
    for p in prices.people.tolist():
        ways: list[list[tuple[int, float, int]]] = []  # measure, gain, coach of each way
        for i in np.flatnonzero(market.options.participant[prices.options] == p).tolist():
            o = prices.options[i]
            measure = int(market.measure[market.options.group[o]])
            visits = np.flatnonzero(prices._visit_class == market.option_class[o])
            if market.option_class[o] < 0:
                ways.append([(measure, float(gain[i]), -1)])
                continue
            ways.append([(measure, gain[i] - cost[v], int(prices._coach[v])) for v in visits])
        found = [(0.0, False)]
        found += [(aim.place[p] + gained, False) for _, gained, _ in chain.from_iterable(ways)]
        if market.max_groups[p] > 1:
            for one, other in combinations(chain.from_iterable(ways), 2):
                if one[0] != other[0]:
                    is_same = one[2] == other[2] >= 0
                    spared = float(y.people[one[2]]) if is_same else 0.0
                    found.append((aim.place[p] + one[1] + other[1] + spared, is_same))
        best = max(found)
        total += best[0]
        shared += best[1]
    return total, shared
