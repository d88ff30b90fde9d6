"""First choices: the whole at once, and region after region at prices."""

from __future__ import annotations

import time
from collections.abc import Sequence
from itertools import count

import numpy as np
import pytest

from scheduler.greedy import greedy
from scheduler.large.beginning import by_prices, whole
from scheduler.large.clock import Clock
from scheduler.large.market import Choice, Market
from scheduler.large.prices import Paid, Prices
from scheduler.params import Params
from scheduler.result import Assignment
from scheduler.waiting import Stop
from tests.scheduler.large.markets import (
    SEEDS,
    aim_of,
    chance,
    faults,
    gathered,
    group,
    market_of,
    problem_of,
    wishing,
)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_whole_at_once_obeys_every_rule_with_pins_too(seed: int) -> None:
    problem = problem_of(seed)
    market = market_of(problem)
    if greedy(problem) is None:
        return
    found = whole(market, aim_of(market), Clock(Params(), None, time.monotonic()))
    if found is not None:
        assert faults(problem, market.plan_of(found)) == []
        assert found.taken[market.options.pinned].all()


def test_mostly_the_whole_at_once_has_a_plan() -> None:
    found = 0
    for seed in SEEDS:
        market = market_of(problem_of(seed))
        clock = Clock(Params(), None, time.monotonic())
        if len(market.options) and whole(market, aim_of(market), clock) is not None:
            found += 1
    assert found > 0.5 * len(SEEDS)


def test_where_time_is_up_there_is_no_whole() -> None:
    market = market_of(problem_of(next(iter(SEEDS))))
    late = Clock(Params(time_limit=1.0), None, time.monotonic() - 2.0)
    assert whole(market, aim_of(market), late) is None


def test_where_a_stop_was_asked_for_no_search_of_the_whole_is_begun() -> None:
    problem = gathered([group("g")], [wishing("p", "g")])
    market = market_of(problem)
    aim = aim_of(market)
    assert whole(market, aim, Clock(Params(), None, time.monotonic())) is not None
    assert whole(market, aim, Clock(Params(), lambda: True, time.monotonic())) is None


def priced(market: Market, plan: Sequence[Assignment], stop: Stop) -> Choice | None:
    """A choice at prices of nothing, from what is pinned as in the plan."""
    choice, prices = market.choice_of(plan), Prices(market)
    taken = choice.taken & market.forced
    begun = Choice(taken, np.where(taken, choice.unit, -1))
    clock, paid = Clock(Params(), stop, time.monotonic()), Paid(prices, prices.start())
    return by_prices(market, aim_of(market), paid, begun, clock, chance(0), has_visits=True)


def test_a_choice_by_prices_that_is_stopped_keeps_what_is_pinned() -> None:
    stopped = 0
    for problem in map(problem_of, SEEDS):
        plan, market = greedy(problem), market_of(problem)
        if not problem.pins or plan is None or priced(market, plan, lambda: False) is None:
            continue
        for num in range(8):
            times = count()
            found = priced(market, plan, lambda times=times, num=num: next(times) >= num)
            assert found is not None
            assert found.taken[market.options.pinned].all()
            stopped += next(times) > num
    assert stopped > 20
