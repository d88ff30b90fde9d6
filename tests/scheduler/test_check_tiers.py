"""Tier values by hand, and false statements about tiers and status."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scheduler.check import Facts, check, evaluate
from scheduler.problem import Pair, Policy, Wish
from scheduler.result import Conflict, Result, TierValue
from tests.scheduler.tiny_plan import ASSIGNMENTS, PROBLEM, changed, result_of


def with_policy(problem=PROBLEM, **changes):
    return replace(problem, policy=replace(problem.policy, **changes))


def texts(problem, result):
    return [f"{found.label}: {found.text}" for found in check(problem, result)]


def told(result, *tiers, status="feasible"):
    """The result with what is said of its first tiers: a bound, whether proven, a value."""
    rows = list(result.tiers)
    for i, changes in enumerate(tiers):
        rows[i] = replace(rows[i], **changes)
    return replace(result, tiers=tuple(rows), status=status)


def test_values_of_the_tiny_plan():
    previous = (Pair("p0", "g0", "c0"), Pair("p1", "g0", "c9"), Pair("p2", "g0"), Pair("p0", "g1"))
    values = evaluate(replace(PROBLEM, previous=previous), ASSIGNMENTS)
    assert values == {"served": 5, "wishes": 100 + 70 + 100, "kept": 2 + 1 + 1, "travel": 18}
    assert list(values) == ["served", "wishes", "kept", "travel"]


def test_only_the_tiers_of_the_objective_have_a_value_in_its_order():
    problem = with_policy(objective=("travel", "served"))
    assert list(evaluate(problem, ASSIGNMENTS)) == ["travel", "served"]


@pytest.mark.parametrize("wishes", ["rank-maximal", "generous"])
def test_a_profile_counts_the_assignments_at_each_rank_up_to_the_worst_wished(wishes):
    problem = changed("participants", "p2", wishes=(Wish(4, measure="nothing"),))
    assert evaluate(with_policy(problem, wishes=wishes), ASSIGNMENTS)["wishes"] == (2, 1, 0, 0)


def test_a_utility_of_its_own_counts_and_the_best_of_two_wishes():
    wishes = (Wish(1, measure="theatre", utility=3), Wish(3, group="g0"), Wish(9, group="g1"))
    problem = changed("participants", "p0", wishes=wishes)
    assert evaluate(problem, ASSIGNMENTS)["wishes"] == 50 + 25 + 100
    assert result_of(problem).assignments[0].rank == 1


def test_a_pinned_pair_without_a_wish_has_no_utility_and_no_rank_in_a_profile():
    problem = changed("participants", "p0", wishes=(Wish(1, measure="theatre"),))
    problem = replace(problem, pins=(Pair("p0", "g1"),))
    assert evaluate(problem, ASSIGNMENTS)["wishes"] == 200
    assert evaluate(with_policy(problem, wishes="generous"), ASSIGNMENTS)["wishes"] == (2,)


PROVEN = (
    {"bound": 5, "proven": True},
    {"bound": 270, "proven": True},
    {"bound": 0, "proven": True},
    {"bound": 18, "proven": True},
)


def test_a_true_proof_shows_nothing():
    assert texts(PROBLEM, told(result_of(), *PROVEN, status="optimal")) == []


def test_true_bounds_show_nothing():
    assert texts(PROBLEM, told(result_of(), {"bound": 6}, {"bound": 999}, {}, {"bound": 17})) == []


@pytest.mark.parametrize(
    ("tiers", "status", "word"),
    [
        (({"value": 4},), "feasible", "value 4, the plan's is 5"),
        (({"bound": 4},), "feasible", "this plan reaches 5"),
        (({}, {}, {}, {"bound": 19}), "feasible", "this plan reaches 18"),
        (({"bound": 6, "proven": True},), "feasible", "proven at 6"),
        (({"bound": None, "proven": True},), "feasible", "without a bound"),
        (({"bound": 6}, {"bound": 270, "proven": True}), "feasible", "an earlier tier is not"),
        (({"bound": 5},), "feasible", "so it is proven"),
        (PROVEN, "feasible", "every tier is proven"),
        (PROVEN[:3], "optimal", "not every tier is proven"),
        (({"bound": (5,)},), "feasible", "not of the kind"),
        (({"name": "beauty"},), "feasible", "the objective is"),
    ],
)
def test_a_false_statement_is_told(tiers, status, word):
    found = texts(PROBLEM, told(result_of(), *tiers, status=status))
    assert len(found) == 1
    assert word in found[0]


def test_a_tier_left_out_is_told():
    result = result_of()
    assert len(texts(PROBLEM, replace(result, tiers=result.tiers[:3]))) == 1


def test_with_slack_a_proven_value_may_be_worse_by_no_more_than_the_slack():
    problem = with_policy(slack={"wishes": 0.1})  # of 300, 30 may go
    served = {"bound": 5, "proven": True}
    proven_at_300 = told(result_of(problem), served, {"bound": 300, "proven": True})
    assert texts(problem, proven_at_300) == []
    proven_at_301 = told(result_of(problem), served, {"bound": 301, "proven": True})
    assert "proven at 301" in texts(problem, proven_at_301)[0]
    assert texts(with_policy(slack={"travel": 0.1}), proven_at_300)


def test_slack_does_not_apply_to_a_profile_or_to_travel():
    served = {"bound": 5, "proven": True}
    problem = with_policy(wishes="rank-maximal", slack={"wishes": 0.9, "travel": 0.9})
    result = told(result_of(problem), served, {"bound": (2, 2), "proven": True})
    assert len(texts(problem, result)) == 1
    rest = ({"bound": (2, 1), "proven": True}, {"bound": 0, "proven": True})
    result = told(result_of(problem), served, *rest, {"bound": 17, "proven": True})
    assert any("proven at 17" in text for text in texts(problem, replace(result, status="optimal")))


@pytest.mark.parametrize(
    ("wishes", "bound", "is_true"),
    [
        ("rank-maximal", (2, 2), True),
        ("rank-maximal", (3, 0), True),
        ("rank-maximal", (2, 0), False),
        ("rank-maximal", (1, 9), False),
        ("generous", (0, 0), True),
        ("generous", (3, 1), True),
        ("generous", (1, 1), False),
        ("generous", (9, 2), False),
        ("generous", (2,), False),
    ],
)
def test_the_bound_of_a_profile_is_compared_in_the_order_of_its_tier(wishes, bound, is_true):
    problem = with_policy(wishes=wishes)
    result = told(result_of(problem), {}, {"bound": bound})
    assert (texts(problem, result) == []) is is_true


def test_generous_looks_at_the_worst_rank_first():
    problem = changed("participants", "p2", wishes=(Wish(3, measure="nothing"),))
    problem = with_policy(problem, wishes="generous")
    result = result_of(problem)
    assert result.tiers[1].value == (2, 1, 0)
    assert texts(problem, told(result, {}, {"bound": (0, 0, 0)})) == []
    assert len(texts(problem, told(result, {}, {"bound": (2, 0, 1)}))) == 1


def test_people_without_a_group_are_all_listed_once_and_nobody_else():
    row = {"participant": "p2", "wishes": []}
    assert "p2: has no group" in texts(PROBLEM, result_of(unplaced=()))[0]
    assert "2 times" in texts(PROBLEM, result_of(unplaced=(row, row)))[0]
    placed = {"participant": "p0", "wishes": []}
    assert "placed or not known" in texts(PROBLEM, result_of(unplaced=(row, placed)))[0]


PINNED = replace(PROBLEM, pins=(Pair("p0", "g0"),))
CONFLICT = Conflict((Pair("p0", "g0"),), ("H1", "H13"), "words")


@pytest.mark.parametrize(
    ("result", "count"),
    [
        (Result("unknown"), 0),
        (Result("infeasible", conflict=CONFLICT), 0),
        (Result("infeasible"), 1),
        (Result("infeasible", conflict=replace(CONFLICT, pins=())), 1),
        (Result("infeasible", conflict=replace(CONFLICT, pins=(Pair("p1", "g0"),))), 1),
        (Result("infeasible", conflict=replace(CONFLICT, rules=("H15",))), 1),
        (Result("unknown", assignments=ASSIGNMENTS), 1),
        (Result("infeasible", assignments=ASSIGNMENTS, conflict=CONFLICT), 1),
    ],
)
def test_a_result_without_a_plan_says_what_can_be_true(result, count):
    assert len(texts(PINNED, result)) == count


def test_a_plan_with_a_conflict_is_told():
    assert len(texts(PINNED, result_of(PINNED, conflict=CONFLICT))) == 1


def test_no_tiers_at_all_is_optimal():
    problem = replace(PROBLEM, policy=Policy(objective=()))
    assert texts(problem, result_of(problem, status="optimal")) == []


def test_a_wish_stated_again_counts_by_its_best():
    wishes = tuple(Wish(rank, group="g0", utility=rank) for rank in (3, 2, 5, 4))
    facts = Facts(changed("participants", "p2", wishes=wishes))
    person, group = facts.participants["p2"], facts.groups["g0"]
    assert (facts.rank(person, group), facts.utility(person, group)) == (2, 5)


def test_a_tier_told_twice_is_told():
    result = result_of()
    twice = replace(result, tiers=(*result.tiers, TierValue("served", 5, None, proven=False)))
    assert len(texts(PROBLEM, twice)) == 1
