"""First choices: the whole at once."""

from __future__ import annotations

import time

import pytest

from scheduler.greedy import greedy
from scheduler.large.beginning import whole
from scheduler.large.clock import Clock
from scheduler.params import Params
from tests.scheduler.large.markets import (
    SEEDS,
    aim_of,
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
