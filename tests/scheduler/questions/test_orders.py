"""For whom chance decides: the same people in several orders."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from scheduler.check import evaluate
from scheduler.params import Params
from scheduler.problem import Pair
from scheduler.questions.orders import over_orders, renamed
from scheduler.solve import solve
from tests.scheduler.questions.crowd import crowd
from tests.scheduler.small_problems import make_problem
from tests.scheduler.tiny_plan import changed

PARAMS = Params(time_limit=10, workers=1)


def test_among_equals_chance_decides_and_the_luck_goes_round():
    found = over_orders(crowd(6, 0, (3, 0)), PARAMS, 8)
    assert (found.num_solved, found.num_best) == (8, 8)
    assert sum(found.times.values()) == 8 * 3
    assert max(found.times.values()) < 8
    assert sum(times * people for times, people in enumerate(found.spread)) == 8 * 3


def test_who_weighs_more_is_placed_whatever_the_order():
    problem = changed("participants", "p002", crowd(5, 0, (2, 0)), weight=2)
    problem = replace(problem, bans=(Pair("p003", "g0"),))
    found = over_orders(problem, PARAMS, 6)
    assert (found.times["p002"], found.times["p003"]) == (6, 0)
    assert found.spread[6] == 1


def test_only_orders_whose_plans_are_as_good_as_any_count():
    problem = crowd(2, 0, (1, 1))  # without time, who comes first takes the only wish of the other
    problem = changed("participants", "p001", problem, wishes=problem.participants[0].wishes[:1])
    found = over_orders(problem, Params(time_limit=0, workers=1), 10)
    assert found.times == {"p000": found.num_best, "p001": found.num_best}


@pytest.mark.parametrize("seed", [0, 1, 2, 5])
def test_another_name_is_the_same_problem(seed):
    problem = make_problem(seed)
    ids = [person.id for person in problem.participants]
    others = [*ids[1:], ids[0]]
    result = solve(renamed(problem, dict(zip(ids, others, strict=True))), PARAMS)
    first = solve(problem, PARAMS)
    assert [tier.value for tier in result.tiers] == [tier.value for tier in first.tiers]
    back = dict(zip(others, ids, strict=True))
    mine = [replace(line, participant=back[line.participant]) for line in result.assignments]
    assert list(evaluate(problem, mine).values()) == [tier.value for tier in first.tiers]


def test_the_same_seed_gives_the_same_luck():
    problem = crowd(5, 0, (2, 0))
    assert over_orders(problem, PARAMS, 4) == over_orders(problem, PARAMS, 4)


def test_no_further_order_is_begun_once_stopped():
    asked = itertools.count()
    found = over_orders(crowd(3, 0, (1, 0)), PARAMS, 50, lambda: next(asked) > 0)
    assert 1 <= found.num_solved < 50


def test_pins_that_cannot_stand_leave_no_plan_to_count():
    problem = replace(crowd(3, 0, (1, 0)), pins=(Pair("p000", "g0"), Pair("p001", "g0")))
    found = over_orders(problem, PARAMS, 2)
    assert (found.num_solved, found.num_best, set(found.times.values())) == (2, 0, {0})
