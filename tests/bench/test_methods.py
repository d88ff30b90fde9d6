"""The methods with one model, and the list: valid plans, and nothing proven but the truth."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scheduler.check.tiers import evaluate
from scheduler.outcome import Outcome
from scheduler.problem import Pair
from tests.bench.judge import judged
from tests.bench.methods import method
from tests.bench.methods.lexicographic import lexicographic
from tests.bench.methods.listed import NoPlanError
from tests.scheduler.brute_force import best_values
from tests.scheduler.small_problems import make_problem
from tests.scheduler.tiny_plan import ASSIGNMENTS, PROBLEM, changed, result_of

SECONDS = 20.0


@pytest.mark.parametrize("name", ["cp-sat", "highs"])
@pytest.mark.parametrize("seed", range(8))
def test_a_solver_of_the_whole_proves_what_trying_every_plan_finds(name, seed):
    problem = make_problem(seed)
    best = best_values(problem)
    result = method(name)(problem, SECONDS)
    if best is None:
        assert result.status == "infeasible"
        return
    assert result.status == "optimal"
    assert not judged(problem, result)["broken"]
    assert {tier.name: tier.bound for tier in result.tiers} == best


def test_a_solver_without_time_finds_nothing():
    assert method("cp-sat")(PROBLEM, 0.0).status == "unknown"


def test_without_a_bound_nothing_is_proven_and_the_last_plan_is_kept():
    def once(rows, _terms, start, _seconds):
        return Outcome(None, None) if start else method_outcome(rows)

    def method_outcome(rows):
        return Outcome(rows.values_of(ASSIGNMENTS), 9)

    result = lexicographic(PROBLEM, SECONDS, once)
    assert result.status == "feasible"
    assert not judged(PROBLEM, result)["broken"]
    values = evaluate(PROBLEM, ASSIGNMENTS)
    assert [(t.name, t.value, t.bound, t.proven) for t in result.tiers] == [
        (name, value, 9 if name == "served" else None, False) for name, value in values.items()
    ]


def test_what_a_plan_is_worth_is_read_from_its_lines():
    """An engine cut short need not have raised the variable of somebody who has a group."""

    def understated(rows, _terms, _start, _seconds):
        values = rows.values_of(ASSIGNMENTS)
        for variable in rows.served.values():
            values[variable] = 0
        return Outcome(values, None)

    result = lexicographic(PROBLEM, SECONDS, understated)
    assert not judged(PROBLEM, result)["broken"]
    assert {tier.name: tier.value for tier in result.tiers} == evaluate(PROBLEM, ASSIGNMENTS)


def test_the_list_says_so_when_the_pins_leave_it_none():
    crowded = replace(
        changed("groups", "g1", capacity=1), pins=(Pair("p0", "g1"), Pair("p1", "g1"))
    )
    with pytest.raises(NoPlanError):
        method("first-come")(crowded, SECONDS)


def test_the_judge_names_the_rules_that_a_plan_breaks_and_what_is_falsely_said():
    result = result_of(changed("groups", "g0", capacity=1))
    assert judged(changed("groups", "g0", capacity=1), result)["broken"] == {"H1": 1}
    served = replace(result.tiers[0], value=6)
    lying = replace(result, tiers=(served, *result.tiers[1:]))
    assert judged(PROBLEM, lying)["broken"] == {"tier": 1}
    assert judged(PROBLEM, lying)["tiers"][0]["value"] == 5
