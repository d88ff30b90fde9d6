"""The whole solve: against every plan tried by brute force, and as a well-behaved program."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from scheduler.params import Params
from scheduler.problem import Problem
from scheduler.result import Progress, Result
from scheduler.solve import solve
from tests.scheduler.brute_force import best_values
from tests.scheduler.small_problems import make_problem

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
