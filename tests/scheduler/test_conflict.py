"""Pins that cannot stand together: the set is minimal, by brute force, and said in words."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import pytest

from scheduler.conflict import find_conflict
from scheduler.params import Params
from scheduler.problem import Coaching, Pair, Problem, Wish
from scheduler.result import Conflict
from scheduler.solve import in_order, solve
from tests.scheduler.brute_force import best_values
from tests.scheduler.small_problems import make_problem
from tests.scheduler.tiny_plan import MORNING, PROBLEM, changed

ONE = Params(workers=1)
RULES = frozenset(f"H{number}" for number in range(1, 14))
INFEASIBLE = [
    seed
    for seed in range(120)
    if make_problem(seed).pins and best_values(make_problem(seed)) is None
]


def conflict_of(problem: Problem) -> Conflict:
    result = solve(problem, ONE)
    assert result.status == "infeasible"
    assert result.assignments == ()
    assert result.conflict is not None
    return result.conflict


def can_stand(problem: Problem, pins: Collection[Pair], rules: Collection[str]) -> bool:
    """Whether some plan has the pins and obeys these rules, whatever it does to the others."""
    policy = replace(problem.policy, objective=())
    problem = replace(problem, pins=tuple(pins), previous=(), policy=policy)
    if "H7" not in rules:
        # Brute force cannot leave H7 out; without it nobody needs a coach.
        assert "H8" not in rules
        pins = tuple(replace(pin, coach=None) for pin in pins)
        groups = tuple(replace(group, coaching=None) for group in problem.groups)
        problem = replace(problem, pins=pins, groups=groups)
    return best_values(problem, without=RULES - set(rules) - {"H7"}) is not None


@pytest.mark.parametrize("seed", INFEASIBLE)
def test_the_conflict_cannot_stand_and_without_any_one_of_it_the_rest_can(seed):
    problem = make_problem(seed)
    conflict = conflict_of(problem)
    pins, rules = list(conflict.pins), list(conflict.rules)
    assert pins
    assert set(pins) <= set(problem.pins)
    assert not can_stand(problem, pins, rules)
    for pin in pins:
        assert can_stand(problem, [other for other in pins if other != pin], rules)
    for rule in rules:
        assert can_stand(problem, pins, [other for other in rules if other != rule])


def test_the_text_names_the_pins_and_says_the_rules():
    pins = (Pair("p0", "g0"), Pair("p0", "g1"), Pair("p1", "g0", "c0"))
    problem = replace(changed("groups", "g0", capacity=1), pins=pins)
    conflict = conflict_of(problem)
    assert conflict.pins == (pins[0], pins[2])
    assert conflict.rules == ("H1",)
    assert "p0 in g0, p1 in g0 with c0" in conflict.text
    assert "at most its capacity" in conflict.text


def test_a_coach_full_of_pinned_people_is_the_rule_on_caseload():
    pins = (Pair("p0", "g0", "c0"), Pair("p1", "g0", "c0"))
    conflict = conflict_of(replace(changed("coaches", "c0", PROBLEM, caseload=1), pins=pins))
    assert (conflict.pins, conflict.rules) == (pins, ("H8",))


def test_too_many_pins_are_the_rule_on_capacity_even_where_the_group_has_a_minimum():
    problem = changed("groups", "g1", capacity=2, min_size=2)
    pins = tuple(Pair(f"p{i}", "g1") for i in range(3))
    conflict = conflict_of(replace(problem, pins=pins))
    assert (conflict.pins, conflict.rules) == (pins, ("H1",))


def test_visits_too_long_for_a_window_are_the_rule_on_minutes_even_with_a_venue_to_choose():
    problem = changed("groups", "g0", coaching=Coaching(180))
    theatre = problem.groups[0]
    elsewhere = replace(theatre, id="g2", measure="kitchen", venue="v1")
    problem = replace(problem, groups=(*problem.groups, elsewhere))
    problem = changed("participants", "p2", problem, wishes=(Wish(1, group="g2"),))
    problem = changed("coaches", "c0", problem, minutes_per_week=1000)
    assert problem.coaches[0].availability == (MORNING,)
    pins = (Pair("p0", "g0"), Pair("p1", "g0"))
    conflict = conflict_of(replace(problem, pins=pins))
    assert (conflict.pins, conflict.rules) == (pins, ("H7", "H9"))


def test_a_coach_whom_no_pin_names_is_full_only_because_everybody_needs_one():
    problem = changed("coaches", "c0", PROBLEM, caseload=1)
    pins = (Pair("p0", "g0"), Pair("p1", "g0"))
    previous = (Pair("p0", "g0", "c0"), Pair("p1", "g0", "c0"))
    conflict = conflict_of(replace(problem, pins=pins, previous=previous))
    assert (conflict.pins, conflict.rules) == (pins, ("H7", "H8"))


def test_without_pins_there_is_always_a_plan():
    for seed in INFEASIBLE:
        problem = replace(make_problem(seed), pins=())
        assert solve(problem, ONE).status == "optimal"


def test_a_conflict_not_shown_to_be_minimal_in_time_is_none():
    problem = in_order(make_problem(INFEASIBLE[0]))
    assert find_conflict(problem, ONE, seconds=60) == conflict_of(problem)
    assert find_conflict(problem, ONE, seconds=0) is None


def test_a_conflict_without_time_to_name_it_is_unknown_and_not_infeasible():
    problem = make_problem(INFEASIBLE[0])
    assert solve(problem, replace(ONE, time_limit=0)).status == "unknown"
    assert solve(problem, replace(ONE, time_limit=60)).conflict == conflict_of(problem)
