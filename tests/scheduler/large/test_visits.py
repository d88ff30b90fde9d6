"""All coaches' visits at once, at prices, and what is made of them."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from scheduler.check import evaluate
from scheduler.greedy import greedy
from scheduler.large.clock import Clock
from scheduler.large.flow import placed_anew
from scheduler.large.incumbent import Incumbent
from scheduler.large.market import Choice, Market
from scheduler.large.prices import Paid, Prices
from scheduler.large.visits import visits_by_prices, with_visits
from scheduler.params import Params
from scheduler.problem import Pair, Venue
from tests.scheduler.large.markets import (
    SEEDS,
    coach,
    faults,
    gathered,
    group,
    market_of,
    problem_of,
    wishing,
)

ALWAYS = Clock(Params(time_limit=None), None, 0.0)


def visits_of(market: Market, begun: Choice, clock: Clock = ALWAYS) -> Choice | None:
    """At fine prices, around what is pinned in a plan."""
    hand, prices = Incumbent(market), Prices(market)
    pinned = market.options.pinned
    at = prices.lowered(prices.start(), hand.aim, (300.0, 30.0, 3.0, 0.5), 60, lambda: False)
    around = replace(begun, taken=begun.taken & pinned)
    return visits_by_prices(market, hand.aim, Paid(prices, at), around, clock)


@pytest.mark.parametrize("seed", SEEDS)
def test_everybody_placed_around_new_visits_obeys_every_rule(seed: int) -> None:
    problem = problem_of(seed)
    begun = greedy(problem)
    if begun is None:
        return
    market = market_of(problem)
    choice = market.choice_of(begun)
    visits = visits_of(market, choice)
    if visits is None:
        return
    anew = placed_anew(market, Incumbent(market).aim, with_visits(market, choice, visits))
    if anew is not None:
        assert faults(problem, market.plan_of(anew)) == []


def test_mostly_there_are_visits() -> None:
    found = 0
    for seed in SEEDS:
        problem = problem_of(seed)
        begun = greedy(problem)
        if begun is not None:
            market = market_of(problem)
            found += visits_of(market, market.choice_of(begun)) is not None
    assert found > 30


def test_a_coach_goes_where_two_people_wait_who_have_nothing_else() -> None:
    """On the list the first one takes the coach to the other venue."""
    groups = [replace(group("a", 2, is_coached=True), venue="w"), group("b", 2, is_coached=True)]
    people = [wishing("p", "b", "c"), wishing("q", "a"), wishing("r", "a")]
    problem = gathered([*groups, group("c")], people, [coach("x", hours=4)])
    problem = replace(problem, venues=(*problem.venues, Venue("w", None)))
    market, begun = market_of(problem), greedy(problem)
    assert begun is not None
    assert evaluate(problem, begun)["served"] == 1
    choice = market.choice_of(begun)
    visits = visits_of(market, choice)
    assert visits is not None
    anew = placed_anew(market, Incumbent(market).aim, with_visits(market, choice, visits))
    assert anew is not None
    plan = market.plan_of(anew)
    assert faults(problem, plan) == []
    assert evaluate(problem, plan)["served"] == 3


def test_two_who_go_together_leave_their_places_for_visits() -> None:
    """Both have a place that two others want, who have no other wish."""
    groups = group("a", 2, is_coached=True), group("b", 2)
    people = [wishing("p", "b", "a"), wishing("q", "b", "a"), wishing("r", "b"), wishing("s", "b")]
    problem = replace(gathered(groups, people, [coach("c")]), together=(("p", "q"),))
    market, begun = market_of(problem), greedy(problem)
    assert begun is not None
    choice = market.choice_of(begun)
    visits = visits_of(market, choice)
    assert visits is not None
    anew = placed_anew(market, Incumbent(market).aim, with_visits(market, choice, visits))
    assert anew is not None
    plan = market.plan_of(anew)
    assert faults(problem, plan) == []
    assert evaluate(problem, plan)["served"] == 4


def test_a_coach_stays_where_somebody_is_pinned() -> None:
    """Most of the coach's window would be worth more at the other venue."""
    groups = [replace(group("a", is_coached=True), venue="w"), group("b", 4, is_coached=True)]
    people = [wishing("p", "a"), *(wishing(id_, "b") for id_ in "qrst")]
    problem = gathered(groups, people, [coach("c"), coach("d", hours=1)])
    problem = replace(
        problem,
        venues=(*problem.venues, Venue("w", None)),
        pins=(Pair("p", "a", "c"),),
    )
    market, begun = market_of(problem), greedy(problem)
    assert begun is not None
    visits = visits_of(market, market.choice_of(begun))
    assert visits is not None
    assert visits.taken.sum() == 2


def test_where_time_is_up_there_are_no_visits() -> None:
    people = [wishing("p", "a")]
    market = market_of(gathered([group("a", is_coached=True)], people, [coach("x")]))
    late = Clock(Params(time_limit=1.0), None, time.monotonic() - 2.0)
    assert visits_of(market, market.empty()) is not None
    assert visits_of(market, market.empty(), late) is None


def test_without_coaches_there_are_no_visits() -> None:
    market = market_of(gathered([group("a")], [wishing("p", "a")]))
    assert visits_of(market, market.empty()) is None
