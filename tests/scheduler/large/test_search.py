"""The search of large problems, tried on problems small enough for brute force."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import replace
from datetime import date, datetime
from itertools import count
from pathlib import Path

import numpy as np
import pytest

from scheduler.check import Facts, Plan, broken, evaluate
from scheduler.check.tiers import allowed_loss, goodness
from scheduler.greedy import greedy
from scheduler.jsonio import read
from scheduler.large.flow import placed_anew
from scheduler.large.incumbent import Incumbent
from scheduler.large.market import Choice
from scheduler.large.search import LargeSearch
from scheduler.options import find_options
from scheduler.params import Params
from scheduler.problem import (
    Coach,
    Coaching,
    Group,
    Horizon,
    Participant,
    Policy,
    Problem,
    Slot,
    Venue,
    Window,
    Wish,
)
from scheduler.result import Assignment, Progress, TierValue
from scheduler.solve import _is_large, solve
from scheduler.waiting import Stop
from tests.scheduler.brute_force import every_value
from tests.scheduler.large.markets import SEEDS, faults, market_of, problem_of

INSTANCES = Path(__file__).parents[1] / "instances"


def improved(
    problem: Problem, workers: int = 1, whole_up_to: int = 1000
) -> tuple[tuple[Assignment, ...], list[TierValue]] | None:
    """What the search makes of first come, first served; None where that is no plan."""
    begun = greedy(problem)
    return None if begun is None else search_of(problem, workers, whole_up_to).improve(begun)


def search_of(
    problem: Problem, workers: int = 1, whole_up_to: int = 1000, stop: Stop | None = None
) -> LargeSearch:
    params = Params(time_limit=None, workers=workers)
    return LargeSearch(
        market_of(problem), params, None, stop, time.monotonic(), whole_up_to=whole_up_to
    )


@pytest.mark.parametrize("whole_up_to", [1000, 0], ids=["relaxed", "priced"])
@pytest.mark.parametrize("times", [0, 3, 30, 150])
@pytest.mark.parametrize("seed", SEEDS[:10])
def test_two_workers_stopped_at_any_moment_end_with_a_valid_plan_and_a_true_bound(
    seed: int, times: int, whole_up_to: int
) -> None:
    problem = problem_of(seed)
    begun = greedy(problem)
    if begun is None:
        return
    asked = count()
    search = search_of(problem, 2, whole_up_to, stop=lambda: next(asked) >= times)
    plan, tiers = search.improve(begun)
    assert faults(problem, plan) == []
    assert {tier.name: tier.value for tier in tiers} == evaluate(problem, plan)
    first = tiers[0]
    assert first.bound is not None
    best = max(goodness(problem, first.name, values[first.name]) for values in every_value(problem))
    assert goodness(problem, first.name, first.bound) >= best
    assert goodness(problem, first.name, first.value) >= goodness(
        problem, first.name, evaluate(problem, begun)[first.name]
    )


class FaultError(Exception):
    """Of one of two workers."""


@pytest.mark.parametrize("whole_up_to", [1000, 0], ids=["relaxed", "priced"])
@pytest.mark.parametrize(
    ("times", "is_first"),
    [*((times, True) for times in (0, 20, 40)), *((times, False) for times in (0, 40, 80, 120))],
)
def test_a_fault_of_one_of_two_workers_ends_the_other_and_is_told(
    times: int, is_first: bool, whole_up_to: int
) -> None:
    """It fails as it asks whether to stop for so many times."""
    problem = problem_of(1)
    begun = greedy(problem)
    assert begun is not None
    asked, first = count(), threading.current_thread()
    faults: list[int] = []
    is_told: list[bool] = []

    def stop() -> bool:
        if faults:  # and the other one was just about to ask
            is_told.append(search._has_failed.wait(10.0))
        if (threading.current_thread() is first) != is_first or next(asked) < times:
            return False
        faults.append(0)
        raise FaultError

    search = search_of(problem, 2, whole_up_to, stop)
    with pytest.raises(FaultError):
        search.improve(begun)
    assert len(faults) == 1
    assert is_told in ([], [True])


@pytest.mark.parametrize("whole_up_to", [1000, 0], ids=["relaxed", "priced"])
@pytest.mark.parametrize("seed", SEEDS)
def test_a_plan_obeys_every_rule_and_no_bound_is_below_what_a_plan_reaches(
    seed: int, whole_up_to: int
) -> None:
    problem = problem_of(seed)
    begun = greedy(problem)
    if begun is None:
        return
    search = search_of(problem, workers=1 + seed % 2, whole_up_to=whole_up_to)
    plan, tiers = search.improve(begun)
    assert faults(problem, plan) == []
    assert {tier.name: tier.value for tier in tiers} == evaluate(problem, plan)
    left = every_value(problem)
    for tier in tiers:
        assert tier.bound is not None
        best = max(goodness(problem, tier.name, values[tier.name]) for values in left)
        assert goodness(problem, tier.name, tier.bound) >= best, tier
        least = goodness(problem, tier.name, tier.value)
        with_slack = [
            value
            for level, value in zip(search.hand.levels, search.hand.best, strict=True)
            if level.tier == tier.name and level.slack
        ]
        for value in with_slack:
            least = (value - allowed_loss(problem, tier.name, value),)
        assert goodness(problem, tier.name, tier.value) >= least
        left = [v for v in left if goodness(problem, tier.name, v[tier.name]) >= least]


def test_the_first_tier_is_mostly_the_best_there_is() -> None:
    reached = 0
    tried = 0
    for seed in SEEDS:
        problem = problem_of(seed)
        found = improved(problem)
        if found is None:
            continue
        tried += 1
        first = found[1][0]
        best = max(
            goodness(problem, first.name, values[first.name]) for values in every_value(problem)
        )
        reached += goodness(problem, first.name, first.value) == best
    assert reached >= 0.9 * tried


def test_somebody_with_thousands_of_options_makes_a_problem_large() -> None:
    slot = Slot(datetime(2027, 1, 5, 9), datetime(2027, 1, 5, 10))
    group = Group("g", "m", None, 1, 0, (slot,))
    problem = Problem(
        "crowded",
        Horizon(date(2027, 1, 4), date(2027, 1, 10), "Europe/Paris"),
        groups=tuple(replace(group, id=f"g{i:04}", measure=f"m{i % 7}") for i in range(4000)),
        participants=(Participant("p", 1, wishes=wishes(), max_groups=2),),
    )
    assert _is_large(find_options(problem))
    result = solve(problem, Params(time_limit=0.0))
    assert [tier.value for tier in result.tiers][:2] == [1, 100]
    assert len(result.assignments) == 1


@pytest.mark.slow
@pytest.mark.parametrize("name", ["geneva", "namur"])
def test_the_best_plan_is_proven_from_the_start_that_a_large_search_makes(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr("scheduler.solve.STARTED", 0)
    problem = read((INSTANCES / f"{name}.json.gz").read_bytes())
    known = json.loads((INSTANCES / "optima.json").read_text())
    tiers = next(entry["tiers"] for entry in known if entry["instance"] == name)
    optimum = {tier["name"]: tier["value"] for tier in tiers}
    heard: list[Progress] = []
    result = solve(problem, Params(workers=1), heard.append)
    assert result.status == "optimal"
    assert {tier.name: tier.value for tier in result.tiers} == optimum
    assert any(progress.bound is None for progress in heard)  # said by the search that starts


def wishes() -> tuple[Wish, ...]:
    return tuple(Wish(1, measure=f"m{i}") for i in range(7))


def test_a_plan_taken_in_and_told_again_is_the_same() -> None:
    for seed in SEEDS:
        problem = problem_of(seed)
        plan = greedy(problem)
        if plan is None:
            continue
        market = market_of(problem)
        again = market.plan_of(market.choice_of(plan))
        assert {(a.participant, a.group, a.rank, a.coach) for a in again} == {
            (a.participant, a.group, a.rank, a.coach) for a in plan
        }
        assert broken(Facts(problem), Plan(Facts(problem), again)) == []


def test_a_coach_who_sees_somebody_in_two_groups_is_not_full_by_one_person() -> None:
    """H8 counts people: with a caseload of 1 both groups are the best plan, and no bound less."""
    monday, tuesday = datetime(2027, 1, 4, 8), datetime(2027, 1, 5, 8)
    coaching = Coaching(60)
    problem = Problem(
        "twice",
        Horizon(date(2027, 1, 4), date(2027, 1, 10), "Europe/Paris"),
        venues=(Venue("v", None),),
        groups=tuple(
            Group(
                f"g{i}", f"m{i}", "v", 1, 0, (Slot(day, day.replace(hour=12)),), coaching=coaching
            )
            for i, day in enumerate((monday, tuesday))
        ),
        coaches=(
            Coach("c", frozenset(), 1, 480, None, (Window(0, 480, 720), Window(1, 480, 720))),
        ),
        participants=(
            Participant("a", 1, wishes=wishes()[:1]),
            Participant("b", 1, wishes=wishes()[:2], max_groups=2),
        ),
    )
    for whole_up_to in (1000, 0):
        found = improved(problem, whole_up_to=whole_up_to)
        assert found is not None
        wishes_told = next(tier for tier in found[1] if tier.name == "wishes")
        assert wishes_told.bound is not None
        assert goodness(problem, "wishes", wishes_told.bound) >= (200,)


def test_a_relaxation_bounds_later_tiers_where_people_may_have_several_groups() -> None:
    """The best first tier leaves one plan: the bound of the second is what that plan has."""
    slots = [Slot(datetime(2027, 1, day, 9), datetime(2027, 1, day, 10)) for day in (5, 6)]
    problem = Problem(
        "several",
        Horizon(date(2027, 1, 4), date(2027, 1, 10), "Europe/Paris"),
        groups=tuple(Group(f"g{i}", f"m{i}", None, 1, 0, (slots[i],)) for i in range(2)),
        participants=(
            Participant("a", 1, wishes=wishes()[:2], max_groups=2),
            Participant("b", 1, wishes=(Wish(3, measure="m1"),)),
        ),
    )
    found = improved(problem)
    assert found is not None
    served, wished = found[1][:2]
    assert (served.value, served.bound) == (2, 2)
    assert wished.bound == wished.value < 200


def test_slack_loosens_only_the_tiers_that_have_any() -> None:
    for seed in range(60):
        problem = problem_of(seed)
        policy = replace(
            problem.policy,
            objective=("travel", "wishes", "served"),
            wishes="generous",
            slack={"wishes": 0.4, "travel": 0.4},
        )
        loose = replace(problem, policy=policy)
        found = improved(loose)
        if found is None:
            continue
        left = every_value(loose)
        for tier in found[1]:
            best = max(goodness(loose, tier.name, v[tier.name]) for v in left)
            assert tier.bound is not None
            assert goodness(loose, tier.name, tier.bound) >= best
            least = goodness(loose, tier.name, tier.value)
            left = [v for v in left if goodness(loose, tier.name, v[tier.name]) >= least]


CROWD = 10


def giving_up(slack: dict[str, float]) -> Problem:
    """As many places as people, half of whom could have two and bring ten times the wishes.

    Each of these has a second group at hand, where somebody else would be served.
    """
    slots = [Slot(datetime(2027, 1, day, 9), datetime(2027, 1, day, 10)) for day in (5, 6)]
    groups = [
        Group(f"g{day}{i}", f"m{day}{i}", None, 1, 0, (slots[day],))
        for day in range(2)
        for i in range(CROWD)
    ]
    keen = [
        Participant(
            f"k{i}",
            1,
            wishes=(
                Wish(1, measure=f"m0{i}", utility=50),
                Wish(2, measure=f"m1{i}", utility=50),
            ),
            max_groups=2,
        )
        for i in range(CROWD)
    ]
    others = [
        Participant(f"o{i}", 1, wishes=(Wish(1, measure=f"m1{i}", utility=5),))
        for i in range(CROWD)
    ]
    return Problem(
        "giving up",
        Horizon(date(2027, 1, 4), date(2027, 1, 10), "Europe/Paris"),
        policy=Policy(objective=("served", "wishes"), slack=slack),
        groups=tuple(groups),
        participants=(*keen, *others),
    )


@pytest.mark.parametrize("whole_up_to", [1000, 0], ids=["relaxed", "priced"])
def test_slack_is_used_as_far_as_it_goes_and_no_further(whole_up_to: int) -> None:
    for share, (served, wishes) in {
        0.0: (20, 550),
        0.1: (18, 640),
        0.27: (15, 775),
        1.0: (10, 1000),
    }.items():
        found = improved(giving_up({"served": share}), whole_up_to=whole_up_to)
        assert found is not None
        assert [tier.value for tier in found[1]] == [served, wishes]
        assert found[1][0].bound == 20
        assert found[1][0].proven


def test_utilities_far_beyond_a_place_are_priced_without_a_fault() -> None:
    slot = Slot(datetime(2027, 1, 5, 9), datetime(2027, 1, 5, 10))
    problem = Problem(
        "dear",
        Horizon(date(2027, 1, 4), date(2027, 1, 10), "Europe/Paris"),
        groups=(Group("g", "m", None, 1, 0, (slot,)),),
        participants=(Participant("p", 1, wishes=(Wish(1, measure="m", utility=20_000_000),)),),
    )
    found = improved(problem, whole_up_to=0)
    assert found is not None
    assert [tier.value for tier in found[1]][:2] == [1, 20_000_000]


def test_a_best_value_beside_a_worse_earlier_level_is_no_floor() -> None:
    problem = giving_up({})
    policy = replace(
        problem.policy, objective=("served", "wishes", "travel"), slack={"wishes": 0.1}
    )
    market = market_of(replace(problem, policy=policy))
    hand = Incumbent(market)
    keen = market.options.utility == 50
    unit = np.full(len(keen), -1)
    hand.take(Choice(keen, unit))
    hand.use_slack(lambda: True)
    assert hand.best[:2] == [10, 1000]
    everybody = np.zeros(len(keen), dtype=bool)
    everybody[np.unique(market.options.participant, return_index=True)[1]] = True
    assert hand.take(Choice(everybody, unit))
    assert hand.best[:2] == [20, 550]
    assert [spare for _, spare in hand.floors] == [55]


def test_the_second_slack_leaves_the_first_floor_sure() -> None:
    problem = giving_up({"served": 0.2, "wishes": 0.1})
    policy = replace(problem.policy, objective=("served", "wishes", "travel"))
    market = market_of(replace(problem, policy=policy))
    hand = Incumbent(market)
    hand.take(market.choice_of(greedy(market.problem) or ()))
    for _ in range(2):
        hand.use_slack(lambda: False)
        found = placed_anew(market, hand.sure_aim, hand.choice)
        assert found is not None
        assert hand.levels[0].of(market, found) >= 16
