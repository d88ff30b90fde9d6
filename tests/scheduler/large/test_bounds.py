"""Bounds by the relaxation of the whole: what its rows leave out must not be far."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import timedelta

from scheduler.large.bounds import Bounds
from scheduler.large.clock import Clock
from scheduler.large.levels import levels
from scheduler.large.prices import Paid, Prices
from scheduler.params import Params
from scheduler.problem import Problem, Slot, Window
from tests.scheduler.brute_force import every_value
from tests.scheduler.large.markets import MORNING, coach, gathered, group, market_of, wishing

TUESDAY = Slot(*(moment + timedelta(days=1) for moment in (MORNING.start, MORNING.end)))


def bound_of_served(problem: Problem) -> int:
    market = market_of(problem)
    prices = Prices(market)
    clock = Clock(Params(), None, time.monotonic())
    bounds = Bounds(market, levels(market), Paid(prices, prices.start()), clock)
    bounds.relax()
    return bounds.of(0, [])


def test_half_of_somebody_in_each_of_two_groups_of_one_coach_is_no_whole_one() -> None:
    """The coach follows one person, and two could have both groups."""
    tuesday = replace(group("b", 2, is_coached=True), slots=(TUESDAY,))
    people = [replace(wishing(id_, "a", "b"), max_groups=2) for id_ in ("p", "q")]
    windows = Window(0, 480, 720), Window(1, 480, 720)
    follower = replace(coach("c", caseload=1), availability=windows)
    problem = gathered([group("a", 2, is_coached=True), tuesday], people, [follower])
    assert max(value["served"] for value in every_value(problem)) == 1
    assert bound_of_served(problem) == 1
