"""All coaches' visits at once, at prices, and what is made of them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from scheduler.check import evaluate
from scheduler.greedy import greedy
from scheduler.large.clock import Clock
from scheduler.large.flow import placed_anew
from scheduler.large.incumbent import Incumbent
from scheduler.large.market import Choice, Market
from scheduler.large.prices import Paid, Prices
from scheduler.large.search import LargeSearch
from scheduler.large.smooth import Cooling
from scheduler.large.visits import visits_by_prices, with_visits
from scheduler.params import Params
from scheduler.problem import Group, Pair, Problem, Quota, Slot, Venue
from scheduler.result import Assignment
from tests.scheduler.large.markets import (
    ALWAYS,
    SEEDS,
    begun_of,
    coach,
    faults,
    gathered,
    group,
    market_of,
    rounds_of,
    wishing,
)


def visits_of(market: Market, begun: Choice, clock: Clock = ALWAYS) -> Choice | None:
    """At fine prices, around what is forced in a plan."""
    hand, prices = Incumbent(market), Prices(market)
    at = prices.lowered(
        prices.start(), hand.aim, Cooling((300.0, 30.0, 3.0, 0.5), 60), lambda: False
    )
    around = replace(begun, taken=begun.taken & market.forced)
    return visits_by_prices(market, hand.aim, Paid(prices, at), around, clock)


@pytest.mark.parametrize("seed", SEEDS)
def test_everybody_placed_around_new_visits_obeys_every_rule(seed: int) -> None:
    begun = begun_of(seed)
    if begun is None:
        return
    problem, market, choice = begun
    visits = visits_of(market, choice)
    if visits is None:
        return
    anew = placed_anew(market, Incumbent(market).aim, with_visits(market, choice, visits))
    if anew is not None:
        assert faults(problem, market.plan_of(anew)) == []


def test_mostly_there_are_visits() -> None:
    found = 0
    for seed in SEEDS:
        begun = begun_of(seed)
        if begun is not None:
            _, market, choice = begun
            found += visits_of(market, choice) is not None
    assert found > 0.3 * len(SEEDS)


def test_a_coach_goes_where_two_people_wait_who_have_nothing_else() -> None:
    """On the list the first one takes the coach to the other venue."""
    groups = [replace(group("a", 2, is_coached=True), venue="w"), group("b", 2, is_coached=True)]
    people = [wishing("p", "b", "c"), wishing("q", "a"), wishing("r", "a")]
    problem = gathered([*groups, group("c")], people, [coach("x", hours=4)])
    problem = replace(problem, venues=(*problem.venues, Venue("w", None)))
    begun = greedy(problem)
    assert begun is not None
    assert evaluate(problem, begun)["served"] == 1
    assert evaluate(problem, drafted(problem, begun))["served"] == 3


def test_rounds_begin_with_the_visits() -> None:
    groups = group("a", 2, is_coached=True), group("b")
    people = [wishing("p", "b", "a"), wishing("q", "b")]
    problem = gathered(groups, people, [coach("c")])
    rounds, hand = rounds_of(problem, (Assignment("p", "b", 1),))
    market = market_of(problem)
    visits = visits_of(market, market.empty())
    assert visits is not None
    rounds.begin_with(visits)
    assert hand.values[0] == 2


def test_without_visits_coached_groups_are_filled_by_prices() -> None:
    """Nobody comes under the quota, so there are none to begin with."""
    people = [wishing("p", "a"), wishing("q", "a")]
    problem = gathered([group("a", 2, is_coached=True)], people, [coach("c")])
    problem = replace(problem, quotas=(Quota(("a",), None, 1),))
    rounds, _ = rounds_of(problem, ())
    market = market_of(problem)
    search = LargeSearch(market, Params(time_limit=None), None, None, 0.0, whole_up_to=0)
    search.hand.take(market.empty())
    assert visits_of(market, market.empty()) is None
    search._begin_with(rounds, None)
    assert search.hand.values[0] == 1


def test_two_who_go_together_leave_their_places_for_visits() -> None:
    """Both have a place that two others want, who have no other wish."""
    groups = group("a", 2, is_coached=True), group("b", 2)
    people = [wishing("p", "b", "a"), wishing("q", "b", "a"), wishing("r", "b"), wishing("s", "b")]
    problem = replace(gathered(groups, people, [coach("c")]), together=(("p", "q"),))
    begun = greedy(problem)
    assert begun is not None
    assert evaluate(problem, drafted(problem, begun))["served"] == 4


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


def drafted(problem: Problem, begun: tuple[Assignment, ...]) -> tuple[Assignment, ...]:
    """Everybody placed anew around new visits."""
    market = market_of(problem)
    choice = market.choice_of(begun)
    visits = visits_of(market, choice)
    assert visits is not None
    anew = placed_anew(market, Incumbent(market).aim, with_visits(market, choice, visits))
    assert anew is not None
    plan = market.plan_of(anew)
    assert faults(problem, plan) == []
    return plan


def test_who_goes_together_with_somebody_pinned_keeps_what_they_share() -> None:
    """Both are in g, where one of them is pinned, and in k; somebody else has the visit."""
    groups = group("h", is_coached=True), group("g", 2), group("k", 2)
    people = [
        *(replace(wishing(id_, "g", "k"), max_groups=2) for id_ in "pq"),
        wishing("r", "h"),
        wishing("s", "k"),
    ]
    problem = gathered(at_different_times(groups), people, [coach("c")])
    problem = replace(problem, together=(("p", "q"),), pins=(Pair("p", "g"),))
    begun = [Assignment(p, g, rank) for rank, g in enumerate("gk", 1) for p in "pq"]
    plan = drafted(problem, tuple(begun))
    assert {(line.participant, line.group) for line in plan} >= {("p", "g"), ("q", "g"), ("r", "h")}


def test_who_goes_together_with_somebody_pinned_to_a_visit_has_one_too() -> None:
    """Nobody new comes under the quota of that group."""
    groups = group("a", 2, is_coached=True), group("b", 2), group("h", is_coached=True)
    people = [wishing("p", "a", "b"), wishing("q", "b", "a"), wishing("r", "h", "a")]
    problem = gathered(groups, people, [coach("c"), coach("d")])
    problem = replace(
        problem,
        together=(("p", "q"),),
        pins=(Pair("p", "a"),),
        quotas=(Quota(("a",), None, 2),),
    )
    begun = greedy(problem)
    assert begun is not None
    plan = drafted(problem, begun)
    assert {(line.participant, line.group) for line in plan} >= {("p", "a"), ("q", "a")}


def at_different_times(groups: Sequence[Group]) -> list[Group]:
    """One day after the other."""
    return [
        replace(group, slots=tuple(later(slot, days) for slot in group.slots))
        for days, group in enumerate(groups)
    ]


def later(slot: Slot, days: int) -> Slot:
    return Slot(slot.start + timedelta(days=days), slot.end + timedelta(days=days))


def test_where_a_stop_was_asked_for_no_search_is_begun() -> None:
    people = [wishing("p", "a")]
    market = market_of(gathered([group("a", is_coached=True)], people, [coach("x")]))
    assert visits_of(market, market.empty(), Clock(Params(), lambda: True, 0.0)) is None


def test_where_time_is_up_there_are_no_visits() -> None:
    people = [wishing("p", "a")]
    market = market_of(gathered([group("a", is_coached=True)], people, [coach("x")]))
    late = Clock(Params(time_limit=1.0), None, time.monotonic() - 2.0)
    assert visits_of(market, market.empty()) is not None
    assert visits_of(market, market.empty(), late) is None


def test_without_coaches_there_are_no_visits() -> None:
    market = market_of(gathered([group("a")], [wishing("p", "a")]))
    assert visits_of(market, market.empty()) is None
