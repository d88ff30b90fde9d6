"""Everybody placed anew at once, with open groups and coaches' visits as they are."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest

from scheduler.check import evaluate
from scheduler.greedy import greedy
from scheduler.large.flow import placed_anew
from scheduler.problem import Group, Horizon, Participant, Problem, Slot, Wish
from scheduler.result import Assignment
from tests.scheduler.large.markets import SEEDS, aim_of, faults, market_of, problem_of


def anew(problem: Problem) -> tuple[Assignment, ...] | None:
    begun = greedy(problem)
    if begun is None:
        return None
    market = market_of(problem)
    choice = placed_anew(market, aim_of(market), market.choice_of(begun))
    return None if choice is None else market.plan_of(choice)


@pytest.mark.parametrize("seed", SEEDS)
def test_everybody_placed_anew_obeys_every_rule(seed: int) -> None:
    problem = problem_of(seed)
    plan = anew(problem)
    if plan is None:
        return
    assert faults(problem, plan) == []


def test_every_small_plan_can_be_placed_anew() -> None:
    begun = [problem for problem in map(problem_of, SEEDS) if greedy(problem) is not None]
    assert len(begun) > 60
    assert all(anew(problem) is not None for problem in begun)


def test_people_make_room_for_each_other_in_a_long_chain() -> None:
    """Each of 20 holds the only place that the next one could have."""
    slot = Slot(datetime(2027, 1, 5, 9), datetime(2027, 1, 5, 10))
    groups = tuple(Group(f"g{i:02}", f"m{i:02}", None, 1, 0, (slot,)) for i in range(21))
    people = [
        Participant(
            f"p{i:02}", 1, wishes=(Wish(1, measure=f"m{i:02}"), Wish(2, measure=f"m{i + 1:02}"))
        )
        for i in range(20)
    ]
    last = Participant("z", 1, wishes=(Wish(1, measure="m00"),))
    horizon = Horizon(date(2027, 1, 4), date(2027, 1, 10), "Europe/Paris")
    problem = Problem("chain", horizon, groups=groups, participants=(*people, last))
    begun = greedy(problem)
    assert begun is not None
    assert evaluate(problem, begun)["served"] == 20
    plan = anew(problem)
    assert plan is not None
    assert evaluate(problem, plan)["served"] == 21


def test_a_group_keeps_the_number_of_people_it_needs() -> None:
    """Two need each other's company; both would rather be elsewhere, where there is one place."""
    slot = Slot(datetime(2027, 1, 5, 9), datetime(2027, 1, 5, 10))
    both = Group("a", "m1", None, 2, 2, (slot,))
    single = Group("b", "m2", None, 1, 0, (slot,))
    wishes = (Wish(1, measure="m2"), Wish(2, measure="m1"))
    horizon = Horizon(date(2027, 1, 4), date(2027, 1, 10), "Europe/Paris")
    people = tuple(Participant(f"p{i}", 1, wishes=wishes) for i in range(2))
    problem = Problem("company", horizon, groups=(both, single), participants=people)
    market = market_of(problem)
    begun = tuple(Assignment(p.id, "a", 2) for p in people)
    choice = placed_anew(market, aim_of(market), market.choice_of(begun))
    assert choice is not None
    assert evaluate(problem, market.plan_of(choice))["served"] == 2
    third = replace(people[0], id="p2")
    more = replace(problem, participants=(*people, third))
    market = market_of(more)
    choice = placed_anew(market, aim_of(market), market.choice_of(begun))
    assert choice is not None
    assert evaluate(more, market.plan_of(choice))["served"] == 3
