"""Blocks: what they prove is never below a plan, and closer than prices alone."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest

from scheduler.large.block import Block, hard_groups
from scheduler.large.bounds import Bounds
from scheduler.large.clock import Clock
from scheduler.large.levels import levels
from scheduler.large.market import Market
from scheduler.large.prices import Paid, Prices
from scheduler.large.smooth import Cooling
from scheduler.matrix import Floats
from scheduler.params import Params
from scheduler.problem import Problem, Quota, Wish
from scheduler.ragged import Bools
from scheduler.solve import in_order
from tests.scheduler.large.markets import (
    aim_of,
    best_of,
    best_of_aim,
    chance,
    coach,
    gathered,
    group,
    market_of,
    problem_of,
    seen_twice,
    wishing,
)

SEEDS = range(18)


def clock() -> Clock:
    return Clock(Params(), None, time.monotonic())


def relaxed(market: Market, prices: Prices, at: Floats, groups: Bools) -> tuple[float, list[bool]]:
    """What is proven, and which groups are open there."""
    found = Block(market, prices, at, aim_of(market), groups).relaxed(clock())
    assert found is not None
    most, opening = found
    assert opening.groups is groups
    return most, opening.are_open.tolist()


def proven(market: Market, prices: Prices, at: Floats, groups: Bools) -> float:
    return relaxed(market, prices, at, groups)[0]


def mixed(seed: int) -> Problem:
    """Some groups coached, some under a quota, most with a minimum size, up to three a person."""
    rng = chance(seed)
    groups = [
        group(id_, rng.randint(2, 3), rng.randint(0, 3) % 3, is_coached=id_ in "ab")
        for id_ in "abcd"
    ]
    people = [
        replace(wishing(f"p{i}", *rng.sample("abcd", rng.randint(1, 4))), max_groups=most)
        for i, most in enumerate(rng.choices([1, 2, 3], [3, 2, 1], k=4))
    ]
    coaches = [coach(f"c{i}", rng.randint(1, 3)) for i in range(2)]
    quotas = (Quota(rng.choice([("c", "d"), ("b", "c")]), None, rng.randint(1, 3)),)
    return in_order(replace(gathered(groups, people, coaches), quotas=quotas))


def chosen(market: Market, rng: np.random.Generator) -> Bools:
    return ~market.coached & (rng.random(len(market.capacity)) < 0.6)


@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_prices_and_groups_no_plan_is_worth_more(seed: int) -> None:
    rng = np.random.default_rng(seed)
    for problem in (mixed(seed), problem_of(seed)):
        market = market_of(problem)
        if problem.policy.wishes != "weighted" or not market.usable.any():
            continue
        prices, best = Prices(market), best_of_aim(problem)
        for _ in range(3):
            at = np.abs(rng.normal(0.0, rng.choice([20.0, 300.0]), len(prices.start())))
            assert proven(market, prices, at, chosen(market, rng)) >= best - 1e-6


def test_a_group_that_too_few_want_stays_shut() -> None:
    """Three would have to come; of the two who want it each has a place elsewhere."""
    groups = [group("a", 3, 3), group("b", 1), group("c", 1)]
    problem = in_order(gathered(groups, [wishing("p0", "a", "b"), wishing("p1", "a", "c")]))
    market, prices = market_of(problem), Prices(market_of(problem))
    hard = hard_groups(market, prices, prices.start(), aim_of(market))
    assert hard.tolist() == [True, False, False]
    assert prices.proven(prices.start(), aim_of(market)) == pytest.approx(2 * 1100)
    most, are_open = relaxed(market, prices, prices.start(), hard)
    assert most == pytest.approx(2 * 1070)
    assert are_open == [False, False, False]


def test_who_must_fill_up_a_group_is_counted_with_what_that_costs() -> None:
    """Two want the group first and one last; open it is worth more than shut."""
    groups = [group("a", 3, 3), group("b", 1)]
    people = [wishing("p0", "a"), wishing("p1", "a"), wishing("p2", "b", "a")]
    problem = in_order(gathered(groups, people))
    market, prices = market_of(problem), Prices(market_of(problem))
    hard = hard_groups(market, prices, prices.start(), aim_of(market))
    most, are_open = relaxed(market, prices, prices.start(), hard)
    assert most == pytest.approx(2 * 1100 + 1070)
    assert are_open == [True, False]


def test_under_a_quota_no_two_groups_open_that_need_more_than_it_lets_in() -> None:
    groups = [group("a", 4, 3), group("b", 4, 3)]
    people = [wishing(f"p{i}", "ab"[i % 2]) for i in range(6)]
    quotas = (Quota(("a", "b"), None, 4),)
    problem = in_order(replace(gathered(groups, people), quotas=quotas))
    market, prices = market_of(problem), Prices(market_of(problem))
    at = prices.start()
    hard = hard_groups(market, prices, at, aim_of(market))
    assert hard.tolist() == [True, True]
    assert prices.proven(at, aim_of(market)) == pytest.approx(6 * 1100)
    assert proven(market, prices, at, hard) == pytest.approx(4 * 1100)


@pytest.mark.parametrize("most", [2, 3])
def test_a_coach_who_sees_somebody_twice_is_paid_once(most: int) -> None:
    """In two groups at the prices, while the block has a third one that does not open."""
    problem = seen_twice(1, [1], most=most)
    problem = replace(problem, groups=(*problem.groups, group("c", 2, 2)))
    people = [replace(p, wishes=(*p.wishes, Wish(3, measure="c"))) for p in problem.participants]
    problem = in_order(replace(problem, participants=tuple(people)))
    market, prices = market_of(problem), Prices(market_of(problem))
    at = prices.start()
    prices._parts(at).people[:] = 1000.0
    hard = hard_groups(market, prices, prices.start(), aim_of(market))
    assert hard.tolist() == [False, False, True]
    assert proven(market, prices, at, hard) >= best_of_aim(problem) == 1170


def test_who_is_seen_twice_has_nothing_in_the_block_besides() -> None:
    problem = seen_twice(1, [1])
    third = [replace(group("c"), min_size=1)]
    (person,) = problem.participants
    person = replace(person, wishes=(*person.wishes, Wish(3, measure="c")))
    problem = replace(problem, groups=(*problem.groups, *third), participants=(person,))
    market, prices = market_of(in_order(problem)), Prices(market_of(in_order(problem)))
    at = prices.start()
    prices._parts(at).people[:] = 100.0
    assert prices.proven(at, aim_of(market)) == pytest.approx(1170)
    assert proven(market, prices, at, ~market.coached) == pytest.approx(1170)


def test_nobody_counts_for_two_groups_of_one_measure() -> None:
    groups = [replace(group(id_, 3, 2), measure="a") for id_ in "ab"]
    people = [replace(wishing(f"p{i}", "a"), max_groups=2) for i in range(2)]
    problem = in_order(gathered(groups, people))
    market, prices = market_of(problem), Prices(market_of(problem))
    everything = np.ones(2, dtype=bool)
    assert proven(market, prices, prices.start(), everything) == pytest.approx(2 * 1100)


def test_what_places_in_the_block_cost_makes_no_difference() -> None:
    rng = np.random.default_rng(0)
    for seed in SEEDS:
        market = market_of(mixed(seed))
        if not market.usable.any():
            continue
        prices, groups = Prices(market), ~market.coached
        at = np.abs(rng.normal(0.0, 100.0, len(prices.start())))
        dearer = at.copy()
        prices._parts(dearer).groups[groups] += 50.0
        one, other = (proven(market, prices, y, groups) for y in (at, dearer))
        assert one == pytest.approx(other)


def test_groups_with_coaches_are_never_hard() -> None:
    for seed in SEEDS:
        market = market_of(mixed(seed))
        if market.usable.any():
            prices = Prices(market)
            hard = hard_groups(market, prices, prices.start(), aim_of(market))
            assert not (hard & market.coached).any()


@pytest.mark.parametrize("seed", SEEDS)
def test_narrowed_bounds_are_below_no_plan_of_the_tiers(seed: int) -> None:
    problem = mixed(seed)
    market = market_of(problem)
    if not market.usable.any():
        return
    bounds = narrowed(market, narrows=True)
    best = best_of(problem)
    assert bounds.of(0, []) >= best[0]
    assert bounds.of(1, best[:1]) >= best[1]


def test_a_block_proves_no_more_than_prices_where_nobody_may_have_three_groups() -> None:
    rng = np.random.default_rng(5)
    closer = 0
    for seed in SEEDS:
        problem = mixed(seed)
        people = [replace(p, max_groups=min(p.max_groups, 2)) for p in problem.participants]
        market = market_of(replace(problem, participants=tuple(people)))
        if not market.usable.any():
            continue
        prices, aim = Prices(market), aim_of(market)
        at = prices.lowered(prices.start(), aim, Cooling((300.0, 30.0, 3.0), 40), lambda: False)
        y = prices._parts(at)
        y.people[:] += rng.integers(0, 2) * 100.0  # two groups with one coach are best for some
        found = proven(market, prices, at, chosen(market, rng))
        assert found <= prices.proven(at, aim) + 1e-3
        closer += found < prices.proven(at, aim) - 1.0
    assert closer > 5


def test_narrowed_bounds_are_closer_than_those_of_prices() -> None:
    wide, narrow = [], []
    for seed in SEEDS[:12]:
        problem = mixed(seed)
        market = market_of(problem)
        if market.usable.any():
            best = best_of(problem)
            for found, narrows in ((wide, False), (narrow, True)):
                found.append(narrowed(market, narrows=narrows).of(1, best[:1]) - best[1])
    assert (np.array(narrow) < wide).any()


def narrowed(market: Market, *, narrows: bool) -> Bounds:
    prices = Prices(market)
    bounds = Bounds(market, levels(market), Paid(prices, prices.start()), clock())
    bounds.price()
    if narrows:
        bounds.narrow()
    return bounds
