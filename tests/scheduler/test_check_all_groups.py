"""What the checker says of all groups at once, against what it says of one after the other."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings

from scheduler.check import Facts
from scheduler.check.all_groups import RULES, AllGroups
from tests.scheduler.small_problems import make_problem, problems


def one_by_one(facts):
    """Of each person and group the labels of R2 to R6 that fail."""
    return [
        [set(facts.failing(person, group)) - {"R1"} for group in facts.problem.groups]
        for person in facts.problem.participants
    ]


def at_once(facts):
    groups = AllGroups(facts)
    found = []
    for person in facts.problem.participants:
        columns = groups.failing(person).T.tolist()
        found.append([{r for r, fails in zip(RULES, col, strict=True) if fails} for col in columns])
    return found


@settings(max_examples=200, deadline=None)
@given(problem=problems())
def test_all_groups_at_once_fail_the_rules_that_each_of_them_fails(problem):
    facts = Facts(problem)
    assert at_once(facts) == one_by_one(facts)


@settings(max_examples=100, deadline=None)
@given(problem=problems())
def test_the_groups_wished_are_those_with_a_rank(problem):
    facts = Facts(problem)
    groups = AllGroups(facts)
    for person in problem.participants:
        wished = {g for w in person.wishes for g in groups.wished(w.measure, w.group).tolist()}
        ranked = {g for g, group in enumerate(problem.groups) if facts.rank(person, group)}
        assert wished == ranked


@pytest.mark.parametrize("rule", RULES)
def test_small_problems_have_groups_that_fail_and_groups_that_do_not(rule):
    fails = set()
    for seed in range(30):
        for row in at_once(Facts(make_problem(seed))):
            fails |= {rule in labels for labels in row}
    assert fails == {True, False}


def test_a_home_that_is_not_known_is_near_everything():
    problem = make_problem(1)
    people = tuple(replace(p, home=None, max_travel_minutes=0) for p in problem.participants)
    assert not any(
        "R4" in labels
        for row in at_once(Facts(replace(problem, participants=people)))
        for labels in row
    )


def test_groups_without_slots_ask_for_none():
    problem = make_problem(2)
    groups = tuple(replace(group, slots=()) for group in problem.groups)
    facts = Facts(replace(problem, groups=groups))
    assert at_once(facts) == one_by_one(facts)
    assert not any("R5" in labels for row in at_once(facts) for labels in row)


def test_a_problem_without_groups_has_none_to_say_anything_of():
    problem = make_problem(3)
    people = tuple(replace(person, wishes=()) for person in problem.participants)
    empty = replace(problem, groups=(), participants=people, pins=(), bans=(), quotas=())
    assert at_once(Facts(empty)) == [[] for _ in people]
