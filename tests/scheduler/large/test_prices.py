"""Prices: what they prove is never below the relaxation's best, and comes near it."""

from __future__ import annotations

import numpy as np
import pytest

from scheduler.large.market import Market
from scheduler.large.prices import Prices
from scheduler.large.program import Relaxation
from scheduler.large.region import Aim, Region
from scheduler.problem import Problem
from tests.scheduler.brute_force import every_value
from tests.scheduler.large.markets import market_of, problem_of

SEEDS = range(40)


def aim_of(market: Market) -> Aim:
    return Aim(1000.0 * market.weight, market.options.utility.astype(float))


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


def test_whatever_the_prices_no_plan_is_worth_more_than_they_prove() -> None:
    rng = np.random.default_rng(1)
    for problem, market in markets():
        prices = Prices(market)
        at = np.abs(rng.normal(0.0, 300.0, len(prices.start())))
        best = relaxed_or_whole(problem, market)
        assert prices.proven(at, aim_of(market)) >= best - 1e-6


def relaxed_or_whole(problem: Problem, market: Market) -> float:
    """The best that brute force finds of the aim; -inf where no plan obeys the rules."""
    if problem.policy.wishes != "weighted":
        return -np.inf
    return max(
        (
            1000.0 * float(values.get("served", 0)) + float(values.get("wishes", 0))  # type: ignore[arg-type]
            for values in every_value(problem)
        ),
        default=-np.inf,
    )


def test_lowered_prices_come_near_the_relaxation() -> None:
    gaps = []
    for _, market in markets():
        best = relaxed(market)
        if best <= 0:
            continue
        prices = Prices(market)
        paid = prices.lowered(prices.start(), aim_of(market), (300.0, 60.0, 12.0, 3.0), 60, never)
        gaps.append(prices.proven(paid, aim_of(market)) / best - 1)
    assert len(gaps) > 20
    assert np.median(gaps) < 0.01
