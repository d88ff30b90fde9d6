"""Deferred acceptance: stable where the game knows every rule, valid where it does not."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.check import Facts, Plan, broken
from scheduler.problem import Group, Horizon, Pair, Participant, Problem, Wish
from tests.scheduler.small_problems import MONDAY, make_problem, problems

pytest.importorskip("matching", reason="make bench installs it")

from tests.bench.methods.deferred_acceptance import deferred_acceptance

HORIZON = Horizon(MONDAY, MONDAY, "Europe/Paris")


def game(weights, wishes, capacities, *, min_size=0, **changes) -> Problem:
    """People p0, p1, ... who wish the groups of these numbers in this order."""
    groups = tuple(
        Group(f"g{i}", f"m{i}", None, capacity, min(min_size, capacity))
        for i, capacity in enumerate(capacities)
    )
    people = tuple(
        Participant(
            f"p{i}",
            weight,
            wishes=tuple(Wish(rank, group=f"g{g}") for rank, g in enumerate(wishes[i], 1)),
        )
        for i, weight in enumerate(weights)
    )
    return replace(Problem("game", HORIZON, groups=groups, participants=people), **changes)


def pairs_of(problem: Problem) -> set[tuple[str, str]]:
    plan = deferred_acceptance(problem)
    assert plan is not None
    return {(line.participant, line.group) for line in plan}


@settings(max_examples=60, deadline=None)
@given(problem=problems())
def test_a_repaired_plan_breaks_no_rule(problem):
    plan = deferred_acceptance(problem)
    if plan is not None:
        facts = Facts(problem)
        assert broken(facts, Plan(facts, plan)) == []


def test_without_pins_there_is_always_a_plan_and_mostly_somebody_in_it():
    plans = [deferred_acceptance(replace(make_problem(seed), pins=())) for seed in range(50)]
    assert None not in plans
    assert sum(map(bool, plans)) > 30


@settings(max_examples=50, deadline=None)
@given(
    weights=st.lists(st.integers(0, 3), min_size=1, max_size=7),
    capacities=st.lists(st.integers(1, 2), min_size=1, max_size=4),
    data=st.data(),
)
def test_nobody_and_no_group_would_rather_have_each_other(weights, capacities, data):
    order = st.permutations(range(len(capacities)))
    wishes = [data.draw(order) for _ in weights]
    pairs = pairs_of(game(weights, wishes, capacities))
    group_of = {int(p[1:]): int(g[1:]) for p, g in pairs}
    for p, wished in enumerate(wishes):
        own = wished.index(group_of[p]) if p in group_of else len(wished)
        for g in wished[:own]:
            members = [q for q, other in group_of.items() if other == g]
            assert len(members) == capacities[g]
            assert all((-weights[q], q) < (-weights[p], p) for q in members)


def test_the_heavier_person_takes_the_place_of_the_earlier_one():
    problem = game([1, 2], [[0, 1], [0]], [1, 1])
    assert pairs_of(problem) == {("p0", "g1"), ("p1", "g0")}


def test_who_wishes_a_group_that_stays_too_small_proposes_again():
    problem = game([1, 1, 1], [[0, 1], [1], [1]], [3, 3], min_size=2)
    assert pairs_of(problem) == {("p0", "g1"), ("p1", "g1"), ("p2", "g1")}


def test_who_may_have_two_groups_gets_a_second_from_what_is_left():
    problem = game([1, 1], [[0, 1], [0, 1]], [1, 2])
    people = tuple(replace(person, max_groups=2) for person in problem.participants)
    problem = replace(problem, participants=people)
    assert pairs_of(problem) == {("p0", "g0"), ("p0", "g1"), ("p1", "g1")}


def test_of_two_kept_together_both_are_placed_or_none():
    problem = game([1, 1, 1], [[0, 1], [0, 1], [0]], [1, 2], together=(("p0", "p1"),))
    assert pairs_of(problem) == {("p0", "g1"), ("p1", "g1"), ("p2", "g0")}


def test_a_refused_pair_leaves_its_place_to_somebody_else():
    problem = game([2, 2, 1], [[0], [0], [0]], [2], apart=(("p0", "p1"),))
    assert pairs_of(problem) == {("p0", "g0"), ("p2", "g0")}


def test_a_pinned_pair_comes_first_and_has_no_rank_where_it_is_not_wished():
    problem = game([1, 3], [[], [0]], [1], pins=(Pair("p0", "g0"),))
    plan = deferred_acceptance(problem)
    assert [(line.participant, line.rank) for line in plan] == [("p0", None)]
