"""The generator of small problems and brute force: what the other tests lean on."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from scheduler import jsonio
from scheduler.check.facts import Facts
from tests.scheduler.brute_force import best_values
from tests.scheduler.small_problems import make_problem, problems

SEEDS = range(600)


@pytest.mark.parametrize("label", ["R1", "R2", "R3", "R4", "R5", "R6"])
def test_every_option_rule_rules_somebody_out_alone(label):
    for seed in SEEDS:
        facts = Facts(make_problem(seed))
        for person in facts.problem.participants:
            if any(list(facts.failing(person, group)) == [label] for group in facts.problem.groups):
                return
    pytest.fail(f"no small problem in which {label} matters")


@pytest.mark.parametrize(
    "label", ["H1", "H2", "H3", "H4", "H5", "H6", "H8", "H9", "H10", "H11", "H12", "H13"]
)
def test_every_hard_rule_costs_some_problem_something(label):
    for seed in SEEDS:
        problem = make_problem(seed)
        if best_values(problem) != best_values(problem, without=frozenset([label])):
            return
    pytest.fail(f"no small problem in which {label} matters")


@settings(max_examples=60, deadline=None)
@given(problem=problems())
def test_small_problems_are_valid_and_come_back_from_a_file(problem):
    assert jsonio.read(jsonio.dump_problem(problem)) == problem


def test_some_small_problems_cannot_be_solved_and_most_can():
    solvable = [best_values(make_problem(seed)) is not None for seed in range(100)]
    assert 60 <= sum(solvable) < 100
