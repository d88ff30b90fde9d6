"""The whole solve: against every plan tried by brute force, and as a well-behaved program."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from random import Random

import numpy as np
import pytest

from scheduler import constraints
from scheduler.check import evaluate
from scheduler.check.tiers import goodness
from scheduler.constraints import build
from scheduler.greedy import greedy
from scheduler.matrix import Matrix, dense
from scheduler.objectives import tiers
from scheduler.options import find_options
from scheduler.params import Params
from scheduler.problem import Coaching, Problem, Window, Wish
from scheduler.relaxation import proven_bound
from scheduler.result import Progress, Result, TierValue
from scheduler.search import Search
from scheduler.second_opinion import second_opinion
from scheduler.solve import WrongPlanError, in_order, solve
from tests.scheduler.brute_force import best_values, every_value
from tests.scheduler.small_problems import make_problem
from tests.scheduler.tiny_plan import PROBLEM, changed

ONE = Params(workers=1)


def shuffled(problem: Problem, seed: int) -> Problem:
    rng = Random(seed)  # noqa: S311  chance for tests, no secret

    def mix(items):
        return tuple(rng.sample(items, len(items)))

    return replace(
        problem,
        venues=mix(problem.venues),
        groups=mix(problem.groups),
        coaches=mix(problem.coaches),
        participants=mix(problem.participants),
        pins=mix(problem.pins),
        apart=mix(problem.apart),
        together=mix(problem.together),
        quotas=mix(problem.quotas),
        previous=mix(problem.previous),
    )


def bounds(result: Result) -> dict[str, object]:
    return {tier.name: tier.bound for tier in result.tiers}


@pytest.mark.parametrize("seed", range(60))
def test_every_tier_is_what_brute_force_finds(seed: int) -> None:
    problem = make_problem(seed)
    best = best_values(problem)
    result = solve(problem, ONE)
    if best is None:
        assert result.status == "infeasible"
        return
    assert result.status == "optimal"
    assert bounds(result) == best


@pytest.mark.parametrize("seed", range(8))
def test_the_order_of_the_input_does_not_change_the_values(seed: int) -> None:
    problem = make_problem(seed)
    first, second = solve(problem, ONE), solve(shuffled(problem, seed), ONE)
    assert (first.status, bounds(first)) == (second.status, bounds(second))


def test_a_stop_before_the_start_still_gives_a_plan_and_true_bounds() -> None:
    problem = replace(make_problem(1), pins=())
    best = best_values(problem)
    assert best is not None
    result = solve(problem, ONE, should_stop=lambda: True)
    assert result.status in ("feasible", "optimal")
    served = next(tier for tier in result.tiers if tier.name == "served")
    assert isinstance(served.bound, int)
    assert isinstance(best["served"], int)
    assert served.bound >= best["served"]


def test_progress_ends_with_the_value_and_the_bound_of_each_tier() -> None:
    heard: list[Progress] = []
    result = solve(make_problem(1), ONE, on_progress=heard.append)
    last = {progress.tier: (progress.value, progress.bound) for progress in heard}
    assert last == {tier.name: (tier.value, tier.bound) for tier in result.tiers}


@pytest.mark.parametrize("seed", range(60, 100))
def test_another_engine_finds_the_same_best_value_of_every_tier(seed):
    problem = in_order(make_problem(seed))
    result = solve(problem, ONE)
    model = build(problem, find_options(problem))
    if result.status == "infeasible":
        assert second_opinion(model, ()).is_infeasible
        return
    for tier, found in zip(tiers(model), result.tiers, strict=True):
        numbers = []
        for level in tier.levels:
            outcome = second_opinion(model, level.terms)
            assert outcome.is_optimal
            assert outcome.values is not None
            numbers.append(level.of(outcome.values))
            model.add("", level.terms, low=tier.floor(numbers[-1]))
        assert found.proven
        assert tier.shown(numbers) == found.bound


def test_multipliers_of_any_kind_prove_no_false_bound():
    chance = np.random.default_rng(0)
    for seed in range(30):
        problem = replace(make_problem(seed), pins=())
        alone = replace(problem, policy=replace(problem.policy, objective=("served",)))
        model = build(alone, find_options(alone))
        (tier,) = tiers(model)
        matrix = Matrix.of(model)
        objective = dense(tier.levels[0].terms, len(model.upper))
        best = best_values(alone)
        assert best is not None
        for _ in range(5):
            bound = proven_bound(matrix, objective, chance.normal(size=len(model.rows)))
            assert bound is not None
            assert bound >= best["served"]


@pytest.mark.parametrize("seed", range(40))
def test_the_first_tier_is_never_worse_than_first_come_first_served(seed):
    problem = make_problem(seed)
    plan = greedy(problem)
    if plan is None:
        return
    name = problem.policy.objective[0]
    limited = solve(problem, replace(ONE, time_limit=0.0))
    first = limited.tiers[0]
    assert goodness(problem, name, first.value) >= goodness(
        problem, name, evaluate(problem, plan)[name]
    ) or problem.policy.slack.get(name)


def test_visits_of_no_minutes_in_windows_that_touch_keep_to_one_venue_each():
    mornings = (Window(0, 480, 600), Window(0, 600, 720))
    problem = changed("coaches", "c0", availability=mornings)
    problem = changed("groups", "g0", problem, coaching=Coaching(0))
    again = replace(problem.groups[0], id="g2", measure="kitchen", venue="v1")
    problem = replace(problem, groups=(*problem.groups, again))
    problem = changed("participants", "p1", problem, wishes=(Wish(1, measure="kitchen"),))
    result = solve(problem, ONE)
    assert {line.group for line in result.assignments} == {"g0", "g1", "g2"}
    assert result.status == "optimal"


def test_a_plan_that_breaks_a_rule_is_never_returned(monkeypatch):
    fewer = {label: add for label, add in constraints.RULES.items() if label != "H1"}
    monkeypatch.setattr(constraints, "RULES", fewer)
    problem = changed("groups", "g0", capacity=1)
    with pytest.raises(WrongPlanError, match="H1"):
        solve(problem, ONE)


@pytest.mark.parametrize("seed", [93, 96, 229, 261, 282, 350, 363])
def test_a_tier_that_a_later_search_brings_to_its_bound_is_proven(seed: int) -> None:
    stops = iter([True])  # for the first tier; then there is time again
    problem = make_problem(seed)
    result = solve(problem, ONE, should_stop=lambda: next(stops, False))
    assert any(tier.proven for tier in result.tiers)


def told_before(result: Result, *, by: int) -> list[TierValue]:
    """What another search could have said: each bound so much too high, nothing proven."""
    found = []
    for tier in result.tiers:
        assert isinstance(tier.bound, int)
        bound = tier.bound - by if tier.name == "travel" else tier.bound + by
        found.append(TierValue(tier.name, tier.value, bound, proven=False))
    return found


def searched(problem: Problem, known: list[TierValue], *, stop: bool) -> list[TierValue]:
    model = build(problem, find_options(problem))
    wanted = tiers(model)
    search = Search(model, ONE, should_stop=lambda: stop)
    plan = greedy(problem)
    assert plan is not None
    search.adopt(plan)
    return search.optimise(wanted, known)


def weighted(seed: int) -> Problem:
    problem = in_order(replace(make_problem(seed), pins=()))
    policy = replace(problem.policy, wishes="weighted", slack={})
    return replace(problem, policy=policy)


@pytest.mark.parametrize("seed", range(20))
def test_the_nearer_of_two_bounds_is_told_and_a_proof_is_not_undone(seed: int) -> None:
    problem = weighted(seed)
    best = solve(problem, ONE)
    known = told_before(best, by=1)
    cut_short = searched(problem, known, stop=True)
    first, other = cut_short[0], known[0]
    assert first.bound is not None
    assert other.bound is not None
    nearest = goodness(problem, first.name, other.bound)
    assert goodness(problem, first.name, first.bound) <= nearest
    assert [t.bound for t in searched(problem, known, stop=False)] == [t.bound for t in best.tiers]


@pytest.mark.parametrize("seed", range(20))
def test_a_bound_told_for_a_better_plan_is_not_told_of_a_worse_one(seed: int) -> None:
    """Whoever keeps less of the first tier may reach more in the second."""
    problem = weighted(seed)
    best = solve(problem, ONE)
    cut_short = searched(problem, told_before(best, by=0), stop=True)
    if goodness(problem, cut_short[0].name, cut_short[0].value) < goodness(
        problem, best.tiers[0].name, best.tiers[0].value
    ):
        alone = searched(problem, [], stop=True)
        assert [t.bound for t in cut_short[1:]] == [t.bound for t in alone[1:]]


@pytest.mark.parametrize("seed", [21, 30, 34])
def test_a_bound_told_for_a_profile_holds_only_where_each_rank_is_kept(seed: int) -> None:
    """A plan can be better as a whole and keep less of a later rank than the bound was told for."""
    problem = in_order(replace(make_problem(seed), pins=()))
    policy = replace(
        problem.policy, objective=("wishes", "travel"), wishes="rank-maximal", slack={}
    )
    problem = replace(problem, policy=policy)
    options, begun = find_options(problem), greedy(problem) or ()
    plans = every_value(problem)
    best = max(plan["wishes"] for plan in plans)
    for other in plans:
        kept = other["wishes"]
        alike = [p for p in plans if all(a >= b for a, b in zip(p["wishes"], kept, strict=True))]
        told = [
            TierValue("wishes", kept, best, proven=False),
            TierValue("travel", other["travel"], min(p["travel"] for p in alike), proven=False),
        ]
        for asked in range(1, 12):
            times = count()
            model = build(problem, options)
            wanted = tiers(model)
            search = Search(model, ONE, should_stop=lambda t=times, n=asked: next(t) >= n)
            search.adopt(begun)
            reached, travel = search.optimise(wanted, told)
            least = min(p["travel"] for p in plans if p["wishes"] >= reached.value)
            assert travel.bound <= least


def test_without_tiers_a_problem_of_any_size_is_answered_at_once(monkeypatch) -> None:
    monkeypatch.setattr("scheduler.solve.STARTED", 0)
    policy = replace(PROBLEM.policy, objective=())
    assert solve(replace(PROBLEM, policy=policy), ONE).status == "optimal"


@pytest.mark.parametrize("seed", range(40))
def test_a_start_spends_no_slack_that_the_search_after_it_spends_again(seed, monkeypatch) -> None:
    monkeypatch.setattr("scheduler.solve.STARTED", 0)
    problem = in_order(replace(make_problem(seed), pins=()))
    policy = replace(problem.policy, wishes="weighted", slack={"served": 0.4, "wishes": 0.4})
    problem = replace(problem, policy=policy)
    result = solve(problem, ONE)
    best = best_values(problem)
    assert best is not None
    assert result.status == "optimal"
    assert bounds(result) == best
