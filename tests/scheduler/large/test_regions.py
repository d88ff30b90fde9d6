"""Regions: two worked at at the same time, and coaches' visits with people who may come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
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
from scheduler.problem import Hold, Problem, Quota, Slot, Window
from scheduler.ragged import Bools
from scheduler.result import Assignment
from tests.scheduler.large.markets import (
    SEEDS,
    aim_of,
    coach,
    faults,
    gathered,
    group,
    market_of,
    problem_of,
    wishing,
)


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
    groups = group("a", is_coached=True), group("b")
    people = wishing("p", "b", "a"), wishing("q", "b")
    problem = gathered(groups, people, [coach("c", caseload=1)])
    market = market_of(problem)
    begun = market.choice_of((Assignment("p", "b", 1),))
    without = placed_anew(market, aim_of(market), begun)
    assert without is not None
    assert evaluate(problem, market.plan_of(without))["served"] == 1
    assert evaluate(problem, market.plan_of(visited(market, begun)))["served"] == 2


def side_by_side(
    problem: Problem, plan: tuple[Assignment, ...], first: Sequence[str], second: Sequence[str]
) -> tuple[Assignment, ...]:
    """The plan after two regions, by the ids of their groups, were worked at together."""
    market = market_of(problem)
    choice, aim = market.choice_of(plan), aim_of(market)
    everything = np.ones(len(market.options), dtype=bool)

    def chosen(ids: Sequence[str]) -> Bools:
        return np.array([g.id in ids for g in market.problem.groups], dtype=bool)

    one = Region(market, choice, chosen(first), everything, aim)
    other = Region(market, choice, chosen(second), everything, aim, held=one.claim)
    for region in (one, other):
        values = whole(region)
        assert values is not None
        choice = region.chosen(values, choice)
    found = market.plan_of(choice)
    assert faults(problem, found) == []
    return found


def groups_of(plan: tuple[Assignment, ...]) -> set[tuple[str, str]]:
    return {(line.participant, line.group) for line in plan}


def test_a_place_is_given_by_one_of_two_regions() -> None:
    """q could come only once the second region has emptied q's own group."""
    problem = gathered([group("g"), group("h")], [wishing("p", "g"), wishing("q", "g", "h")])
    plan = side_by_side(problem, (Assignment("q", "h", 2),), ["g"], ["g", "h"])
    assert groups_of(plan) == {("p", "g"), ("q", "h")}


def test_who_is_held_keeps_a_place_that_counts_in_their_group() -> None:
    """p could move in the first region, so p's place in h is none of the second's."""
    people = wishing("p", "h", "g"), wishing("r", "h"), wishing("s", "h"), wishing("t", "h")
    plan = (Assignment("p", "h", 1), Assignment("r", "h", 1))
    p = replace(people[0], max_groups=2)  # p keeps h and may have g as well
    other_day = Slot(datetime(2027, 1, 5, 8), datetime(2027, 1, 5, 12))
    for capacity, least in ((3, 0), (2, 2)):
        groups = replace(group("g"), slots=(other_day,)), group("h", capacity, least)
        found = side_by_side(gathered(groups, [p, *people[1:]]), plan, ["g"], ["h"])
        in_h = {person for person, id_ in groups_of(found) if id_ == "h"}
        assert "p" in in_h
        assert len(in_h) == capacity


def test_a_coach_is_of_one_of_two_regions() -> None:
    """Each region alone could fill the last place of the caseload."""
    groups = [group(id_, 2, is_coached=True) for id_ in ("g", "h")]
    people = [wishing("p", "g"), wishing("q", "h"), wishing("r", "h")]
    problem = gathered(groups, people, [coach("c", caseload=2)])
    visit = Window(0, 480, 540)
    plan = (Assignment("q", "h", 1, "c", visit),)
    assert groups_of(side_by_side(problem, plan, ["g"], ["h"])) == {("p", "g"), ("q", "h")}


def test_a_quota_is_of_one_of_two_regions() -> None:
    groups = [group("g"), group("h")]
    people = [
        replace(wishing(id_, wish), holds=(Hold("tag"),))
        for id_, wish in (("p", "g"), ("q", "h"), ("r", "h"))
    ]
    problem = replace(gathered(groups, people), quotas=(Quota(("g", "h"), "tag", 1),))
    assert len(side_by_side(problem, (), ["g"], ["h"])) == 1
