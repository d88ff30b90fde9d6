"""Options, against the checker's own reading of R1 to R6."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings

from scheduler.check import Facts
from scheduler.eligibility import Eligibility
from scheduler.options import find_options
from scheduler.problem import Hold, Pair, Participant, Problem, Window, Wish
from scheduler.windows import merged
from tests.scheduler.small_problems import problems
from tests.scheduler.tiny_plan import PROBLEM, changed


def rows(problem: Problem) -> dict[tuple[str, str], list[object]]:
    found = find_options(problem).listed()
    return {
        (problem.participants[p].id, problem.groups[g].id): rest
        for p, g, *rest in zip(
            found.participant,
            found.group,
            found.rank,
            found.utility,
            found.minutes,
            found.pinned,
            strict=True,
        )
    }


@settings(max_examples=150, deadline=None)
@given(problem=problems())
def test_the_options_are_those_of_the_checker_with_the_same_numbers(problem):
    facts = Facts(problem)
    expected = {
        (person.id, group.id): [
            facts.rank(person, group),
            facts.utility(person, group),
            facts.travel(person, group),
            (person.id, group.id) in facts.pins,
        ]
        for person in problem.participants
        for group in problem.groups
        if facts.is_option(person, group) or (person.id, group.id) in facts.pins
    }
    assert rows(problem) == expected


@settings(max_examples=100, deadline=None)
@given(problem=problems())
def test_the_failing_rules_of_wished_pairs_are_those_of_the_checker(problem):
    facts, eligibility = Facts(problem), Eligibility(problem)
    wish, groups = eligibility.wished(np.arange(len(problem.participants)))
    people = eligibility.wish_person[wish]
    told = eligibility.explained(people, groups)
    for p, g, reasons in zip(people, groups, told, strict=True):
        person, group = problem.participants[p], problem.groups[g]
        assert {reason["rule"] for reason in reasons} == set(facts.failing(person, group))


def held(*holds: Hold) -> Problem:
    """p0 wishes g1, which meets on the 12th and the 19th and asks for a certificate."""
    problem = changed("groups", "g1", requires=frozenset(["certificate"]))
    return changed("participants", "p0", problem, holds=holds)


def day(number: int) -> date:
    return date(2027, 1, number)


AT_THE_EDGE = {
    "R2 held from the first slot to the last": (held(Hold("certificate", day(12), day(19))), True),
    "R2 held too late": (held(Hold("certificate", day(13), None)), False),
    "R2 held too short": (held(Hold("certificate", None, day(18))), False),
    "R2 held in two parts": (
        held(Hold("certificate", None, day(15)), Hold("certificate", day(15), None)),
        False,
    ),
    "R2 something else held": (held(Hold("district")), False),
    "R3 a need not offered": (changed("participants", "p0", needs=frozenset(["lift"])), False),
    "R4 just near enough": (changed("participants", "p0", max_travel_minutes=18), True),
    "R4 a minute too far": (changed("participants", "p0", max_travel_minutes=17), False),
    "R5 a window for all slots": (
        changed("participants", "p0", availability=(Window(1, 480, 720),)),
        True,
    ),
    "R5 a window that ends too early": (
        changed("participants", "p0", availability=(Window(1, 480, 719),)),
        False,
    ),
    "R5 away on a slot": (changed("participants", "p0", absences=((day(19), day(19)),)), False),
    "R5 away between slots": (changed("participants", "p0", absences=((day(13), day(18)),)), True),
    "R6 banned": (replace(PROBLEM, bans=(Pair("p0", "g1"),)), False),
}


@pytest.mark.parametrize("case", AT_THE_EDGE)
def test_each_rule_at_its_edge(case):
    problem, is_option = AT_THE_EDGE[case]
    assert (("p0", "g1") in rows(problem)) == is_option
    facts = Facts(problem)
    assert facts.is_option(facts.participants["p0"], facts.groups["g1"]) == is_option


def test_windows_that_touch_or_overlap_are_one():
    windows = [Window(0, 600, 700), Window(0, 480, 600), Window(0, 500, 610), Window(0, 701, 720)]
    assert merged([*windows, Window(1, 0, 5)]) == {0: [(480, 700), (701, 720)], 1: [(0, 5)]}


def test_a_wish_stated_twice_counts_by_its_best():
    wishes = (Wish(2, group="g1", utility=90), Wish(1, measure="garden", utility=5))
    assert rows(changed("participants", "p1", wishes=wishes))["p1", "g1"][:2] == [1, 90]


@pytest.mark.parametrize(("rank", "utility"), [(1, 100), (5, 25), (9, 25)])
def test_a_rank_beyond_the_last_has_the_last_utility(rank, utility):
    problem = changed("participants", "p1", wishes=(Wish(rank, measure="garden"),))
    assert rows(problem)["p1", "g1"][:2] == [rank, utility]


def test_a_pin_overrides_a_ban_and_a_missing_wish():
    problem = replace(PROBLEM, pins=(Pair("p2", "g1"),), bans=(Pair("p2", "g1"),))
    assert rows(problem)["p2", "g1"] == [None, 0, 0, True]


def test_a_pinned_pair_keeps_the_rank_and_utility_of_its_wish():
    problem = replace(PROBLEM, pins=(Pair("p0", "g1"),), bans=(Pair("p0", "g1"),))
    assert rows(problem)["p0", "g1"] == [2, 70, 18, True]


def test_a_problem_without_anybody_or_anything_has_no_options():
    nobody = replace(PROBLEM, participants=(), pins=(), previous=(), apart=())
    nothing = replace(PROBLEM, groups=(), pins=(), previous=(), quotas=())
    nothing = replace(nothing, participants=(Participant("p", 1, wishes=(Wish(1, measure="m"),)),))
    assert rows(nobody) == rows(nothing) == {}


def test_each_rule_that_fails_is_told_with_its_data():
    far = changed("participants", "p0", max_travel_minutes=17, needs=frozenset(["step-free"]))
    far = changed("participants", "p0", far, availability=(Window(1, 480, 600),))
    far = changed("groups", "g1", far, requires=frozenset(["certificate"]))
    far = replace(far, bans=(Pair("p0", "g1"),))
    (told,) = Eligibility(far).explained(np.array([0]), np.array([1]))
    assert told == [
        {"rule": "R2", "tag": "certificate"},
        {"rule": "R3", "tag": "step-free"},
        {"rule": "R4", "minutes": 18, "max": 17},
        {"rule": "R5", "attendable": 0, "needed": 2},
        {"rule": "R6"},
    ]
