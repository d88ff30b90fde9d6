"""Everybody placed anew at once, with open groups and coaches' visits as they are."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scheduler.check import evaluate
from scheduler.greedy import greedy
from scheduler.large.flow import in_quota, placed_anew
from scheduler.problem import Hold, Pair, Problem, Quota, Window
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
    assert len(begun) > 0.6 * len(SEEDS)
    assert all(anew(problem) is not None for problem in begun)


def refilled(problem: Problem, plan: tuple[Assignment, ...]) -> tuple[Assignment, ...]:
    market = market_of(problem)
    choice = placed_anew(market, aim_of(market), market.choice_of(plan))
    assert choice is not None
    found = market.plan_of(choice)
    assert faults(problem, found) == []
    return found


def test_people_make_room_for_each_other_in_a_long_chain() -> None:
    """Each of 20 holds the only place that the next one could have."""
    groups = [group(f"g{i:02}") for i in range(21)]
    people = [wishing(f"p{i:02}", f"g{i:02}", f"g{i + 1:02}") for i in range(20)]
    problem = gathered(groups, [*people, wishing("z", "g00")])
    begun = greedy(problem)
    assert begun is not None
    assert evaluate(problem, begun)["served"] == 20
    assert evaluate(problem, refilled(problem, begun))["served"] == 21


def test_a_group_keeps_the_number_of_people_it_needs() -> None:
    """Two need each other's company; both would rather be elsewhere, where there is one place."""
    groups = group("a", 2, 2), group("b")
    people = [wishing(f"p{i}", "b", "a") for i in range(3)]
    begun = tuple(Assignment(p.id, "a", 2) for p in people[:2])
    assert (
        evaluate(gathered(groups, people[:2]), refilled(gathered(groups, people[:2]), begun))[
            "served"
        ]
        == 2
    )
    assert (
        evaluate(gathered(groups, people), refilled(gathered(groups, people), begun))["served"] == 3
    )


def visits(group_id: str, rank: int, people: str, coach_id: str = "c") -> tuple[Assignment, ...]:
    """One visit after the other from 8 o'clock."""
    return tuple(
        Assignment(p, group_id, rank, coach_id, Window(0, 480 + 60 * i, 540 + 60 * i))
        for i, p in enumerate(people)
    )


def test_a_coached_group_keeps_the_number_of_people_it_needs() -> None:
    groups = group("a", 2, 2, is_coached=True), group("b")
    problem = gathered(groups, [wishing("p", "b", "a"), wishing("q", "b", "a")], [coach("c")])
    assert len(refilled(problem, visits("a", 2, "pq"))) == 2


def test_spare_visits_are_no_more_than_the_window_has_room_for() -> None:
    groups = [group(id_, 3, is_coached=True) for id_ in ("a", "b")]
    people = [wishing("p", "a"), wishing("q", "a"), wishing("r", "b")]
    problem = gathered(groups, people, [coach("c", hours=2)])
    assert len(refilled(problem, visits("a", 1, "p"))) == 2


def test_spare_visits_of_several_coaches_are_no_more_than_the_group_has_places() -> None:
    groups = group("a", 2, is_coached=True), group("b", 1, is_coached=True)
    people = [*(wishing(id_, "a") for id_ in "pqr"), wishing("s", "b")]
    problem = gathered(groups, people, [coach("c"), coach("d")])
    plan = (*visits("a", 1, "p"), *visits("b", 1, "s", "d"))
    assert len(refilled(problem, plan)) == 3


def test_two_people_apart_move_as_everybody_does() -> None:
    """Each of the two could have the place that somebody without one wants, and go elsewhere."""
    groups = group("a", 2), group("b"), group("c")
    people = [wishing("p", "a", "b"), wishing("q", "c", "a"), wishing("r", "c"), wishing("s", "b")]
    problem = replace(gathered(groups, people), apart=(("p", "q"),))
    begun = Assignment("p", "b", 2), Assignment("q", "c", 1)
    assert evaluate(problem, refilled(problem, begun))["served"] == 3
    not_apart = replace(problem, apart=())
    assert evaluate(not_apart, refilled(not_apart, begun))["served"] == 4


def test_of_two_apart_who_could_come_the_one_worth_more_does() -> None:
    """The place is free; the first of the two has it as the second wish."""
    groups = group("a", 2), group("b")
    people = [wishing("p", "b", "a"), wishing("q", "a"), wishing("r", "b")]
    problem = replace(gathered(groups, people), apart=(("p", "q"),))
    plan = refilled(problem, (Assignment("p", "b", 1),))
    assert ("q", "a") in {(line.participant, line.group) for line in plan}


def test_who_cannot_move_keeps_nobody_apart_from_a_place() -> None:
    """Pinned elsewhere; the other one may have the place that both wish."""
    groups = group("a"), group("b")
    people = [wishing("p", "a", "b"), wishing("q", "b", "a")]
    problem = replace(gathered(groups, people), apart=(("p", "q"),), pins=(Pair("p", "b"),))
    assert len(refilled(problem, (Assignment("p", "b", 2),))) == 2


def test_people_come_under_a_quota_that_counts_everybody() -> None:
    groups = group("a", 2), group("b", 2), group("c")
    people = [wishing("p", "a", "c"), wishing("q", "b"), wishing("r", "b"), wishing("s", "a")]
    problem = replace(gathered(groups, people), quotas=(Quota(("a", "b"), None, 2),))
    begun = (Assignment("p", "a", 1),)
    assert evaluate(problem, refilled(problem, begun))["served"] == 3


def test_of_two_quotas_on_one_group_each_is_kept() -> None:
    groups = group("a", 3), group("b", 3), group("c", 3)
    people = [wishing(f"p{i}", "abc"[i % 3], "abc"[(i + 1) % 3]) for i in range(9)]
    quotas = Quota(("a", "b"), None, 2), Quota(("b", "c"), None, 2)
    problem = replace(gathered(groups, people), quotas=quotas)
    begun = Assignment("p0", "a", 1), Assignment("p2", "c", 1), Assignment("p5", "c", 1)
    assert evaluate(problem, refilled(problem, begun))["served"] == 4


def test_a_quota_that_counts_two_people_is_no_pair() -> None:
    """One of the two may have a visit, the other one has a place elsewhere under the quota."""
    groups = group("a", is_coached=True), group("b")
    holds = (Hold("tag"),)
    people = [replace(wishing(p, g), holds=holds) for p, g in (("p", "a"), ("q", "b"))]
    problem = replace(gathered(groups, people, [coach("c")]), quotas=(Quota(("a", "b"), "tag", 1),))
    market = market_of(problem)
    (side,) = market.sides
    assert side.is_quota
    assert not side.is_either
    assert in_quota(market).all()
