"""Which groups that need a number of people are open."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from scheduler.check import evaluate
from scheduler.greedy import greedy
from scheduler.large.flow import is_open
from scheduler.large.incumbent import Incumbent
from scheduler.large.market import Market
from scheduler.large.opening import Opening, with_more_open, with_opening
from scheduler.large.search import LargeSearch
from scheduler.params import Params
from scheduler.problem import Pair, Problem, Quota
from scheduler.result import Assignment
from scheduler.solve import in_order
from tests.scheduler.large.markets import (
    SEEDS,
    aim_of,
    chance,
    faults,
    gathered,
    group,
    market_of,
    problem_of,
    rounds_of,
    wishing,
)


def opened(problem: Problem, plan: tuple[Assignment, ...]) -> list[tuple[Assignment, ...]]:
    market = market_of(problem)
    found = with_more_open(market, aim_of(market), market.choice_of(plan), lambda: False)
    return [market.plan_of(choice) for choice in found]


def test_a_closed_group_opens_where_people_would_leave_others_their_places() -> None:
    """Nobody without a place wants the closed group, but two who have one would do with it."""
    groups = group("a", 2), group("b", 3, 2)
    people = [wishing("p", "a", "b"), wishing("q", "a", "b"), wishing("r", "a"), wishing("s", "a")]
    problem = gathered(groups, people)
    begun = Assignment("p", "a", 1), Assignment("q", "a", 1)
    served = [evaluate(problem, plan)["served"] for plan in opened(problem, begun)]
    assert served[0] == 4


@pytest.mark.parametrize("seed", SEEDS)
def test_plans_with_more_groups_open_obey_every_rule(seed: int) -> None:
    problem = problem_of(seed)
    begun = greedy(problem)
    if begun is None:
        return
    for plan in opened(problem, begun):
        assert faults(problem, plan) == []


def test_rounds_open_groups() -> None:
    groups = group("a", 2), group("b", 3, 2)
    people = [*(wishing(id_, "a", "b") for id_ in "pq"), *(wishing(id_, "a") for id_ in "rs")]
    begun = Assignment("p", "a", 1), Assignment("q", "a", 1)
    rounds, hand = rounds_of(gathered(groups, people), begun)
    rounds._open_more()
    assert hand.values[0] == 4


def opening_of(market: Market, groups: str, are_open: str) -> Opening:
    ids = [g.id for g in market.problem.groups]
    return Opening(*(np.array([id_ in found for id_ in ids]) for found in (groups, are_open)))


def three_groups(begun_in: str) -> tuple[Problem, tuple[Assignment, ...]]:
    """Two who would be in c first, then in b, then in a, each of which needs both."""
    groups = group("a", 2, 2), group("b", 2, 2), group("c", 2, 2), group("d")
    people = [wishing("p", "c", "b", "a"), wishing("q", "c", "b", "a"), wishing("r", "d")]
    begun = (
        *(Assignment(id_, begun_in, 1 + "cba".index(begun_in)) for id_ in "pq"),
        Assignment("r", "d", 1),
    )
    return gathered(groups, people), begun


def test_groups_open_and_close_as_told_and_all_others_stay() -> None:
    problem, begun = three_groups("b")
    market = market_of(problem)
    opening = opening_of(market, "ab", "a")
    found = with_opening(market, aim_of(market), market.choice_of(begun), opening)
    assert found is not None
    assert {(line.participant, line.group) for line in market.plan_of(found)} == {
        ("p", "a"),
        ("q", "a"),
        ("r", "d"),
    }


def strained(seed: int) -> Problem:
    """Most groups need a number of people; some people are pinned, go together or count."""
    rng = chance(seed)
    groups = [group(id_, rng.randint(2, 4), rng.randint(0, 3)) for id_ in "abcd"]
    people = [wishing(f"p{i}", *rng.sample("abcd", rng.randint(2, 4))) for i in range(7)]
    problem = gathered(groups, people)
    return in_order(
        replace(
            problem,
            pins=(Pair("p2", people[2].wishes[0].measure or ""),) if seed % 3 == 0 else (),
            together=(("p0", "p1"),) if seed % 3 == 1 else (),
            quotas=(Quota(("a", "b"), None, rng.randint(2, 4)),) if seed % 2 else (),
        )
    )


def test_plans_with_groups_open_as_told_obey_every_rule() -> None:
    num_opened = num_closed = 0
    for seed in SEEDS:
        problem, rng = strained(seed), chance(seed)
        begun = greedy(problem)
        if begun is None:
            continue
        market = market_of(problem)
        choice = market.choice_of(begun)
        for _ in range(3):
            groups, are_open = (np.array([rng.random() < 0.7 for _ in "abcd"]) for _ in range(2))
            found = with_opening(market, aim_of(market), choice, Opening(groups, groups & are_open))
            if found is not None:
                assert faults(problem, market.plan_of(found)) == []
                before, now = is_open(market, choice), is_open(market, found)
                num_opened += int((now & ~before).sum())
                num_closed += int((before & ~now).sum())
    assert num_opened > 10
    assert num_closed > 10


def test_where_too_few_come_everybody_is_placed_once_more() -> None:
    """The quota lets in enough for one of a and b; who leaves the other still has c."""
    groups = [group("a", 4, 4), group("b", 4, 4), group("c", 9)]
    people = [wishing(f"p{i}", "ab"[i % 2], "c") for i in range(8)]
    problem = replace(gathered(groups, people), quotas=(Quota(("a", "b"), None, 6),))
    market = market_of(problem)
    opening = opening_of(market, "ab", "ab")
    found = with_opening(market, aim_of(market), market.empty(), opening)
    assert found is not None
    assert len(market.plan_of(found)) == 8


def test_a_group_in_which_somebody_stays_is_not_closed() -> None:
    groups = [group("a", 3, 3), group("b", 9)]
    people = [wishing(id_, "b", "a") for id_ in "pqr"]
    problem = replace(gathered(groups, people), pins=(Pair("p", "a"),))
    market = market_of(problem)
    begun = market.choice_of([Assignment(id_, "a", 2) for id_ in "pqr"])
    found = with_opening(market, aim_of(market), begun, opening_of(market, "a", ""))
    assert found is not None
    assert {line.group for line in market.plan_of(found)} == {"a"}


def test_rounds_begin_with_groups_open_as_told() -> None:
    """Then they stop: otherwise they would find that c is better than b."""
    problem, begun = three_groups("a")
    market = market_of(problem)
    in_hand: list[Incumbent] = []
    first: list[int] = []
    rounds, hand = rounds_of(problem, begun, lambda: in_hand[0].values != first)
    in_hand.append(hand)
    first += hand.values
    rounds.openings.append(opening_of(market, "ab", "b"))
    rounds.work()
    assert {line.group for line in market.plan_of(hand.choice)} == {"b", "d"}
    assert not rounds.openings


def test_an_opening_told_of_after_the_last_round_is_tried() -> None:
    problem, begun = three_groups("a")
    rounds, _ = rounds_of(problem, begun)
    rounds.work()
    rounds.openings.append(opening_of(market_of(problem), "ab", "b"))
    rounds.work()
    assert not rounds.openings


def test_rounds_end_where_there_is_an_opening_and_nothing_to_do() -> None:
    market = market_of(gathered([group("a", 2, 2)], [wishing("p", "b")]))
    rounds, _ = rounds_of(market.problem, ())
    rounds.openings.append(opening_of(market, "a", ""))
    rounds.work()
    assert not rounds.openings


def test_where_no_group_is_hard_no_opening_is_told() -> None:
    market = market_of(in_order(gathered([group("a", 2)], [wishing("p", "a")])))
    rounds, _ = rounds_of(market.problem, ())
    search = LargeSearch(market, Params(time_limit=None), None, None, 0.0, whole_up_to=0)
    search._prove(search._bounds(rounds.paid), rounds)
    assert not rounds.openings


def test_a_group_that_needs_no_number_of_people_stays_open() -> None:
    """The quota leaves nobody for b, where one would be enough."""
    groups = [group("a", 3, 2), group("b", 2, 1)]
    people = [wishing(f"p{i}", "a", "b") for i in range(4)]
    problem = in_order(replace(gathered(groups, people), quotas=(Quota(("a", "b"), None, 2),)))
    market = market_of(problem)
    rounds, _ = rounds_of(problem, ())
    search = LargeSearch(market, Params(time_limit=None), None, None, 0.0, whole_up_to=0)
    search._prove(search._bounds(rounds.paid), rounds, 1)
    (opening,) = rounds.openings
    assert opening.groups.all()
    assert opening.are_open.all()


@pytest.mark.parametrize("levels", [(0,), (1,), ()])
def test_what_proves_a_bound_tells_rounds_which_groups_are_open(levels: tuple[int, ...]) -> None:
    """Of a, which three would have to want, and b, where a quota lets in two."""
    groups = [group("a", 3, 3), group("b", 3, 2), group("c", 2)]
    people = [*(wishing(id_, "a", "c") for id_ in "pq"), *(wishing(id_, "b") for id_ in "rst")]
    problem = in_order(replace(gathered(groups, people), quotas=(Quota(("b",), None, 2),)))
    market = market_of(problem)
    rounds, _ = rounds_of(problem, ())
    search = LargeSearch(market, Params(time_limit=None), None, None, 0.0, whole_up_to=0)
    search._prove(search._bounds(rounds.paid), rounds, *levels)
    assert [opening.are_open.tolist() for opening in rounds.openings] == [
        [False, True, False] for _ in levels or (0, 1)
    ]
