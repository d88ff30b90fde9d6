"""Duals: what a row's room is worth, and that bound and worth together are never too small."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scheduler import duals as module
from scheduler.constraints import build
from scheduler.duals import duals
from scheduler.model import Rows
from scheduler.objectives import tiers
from scheduler.options import find_options
from scheduler.questions.limits import uses
from tests.scheduler.brute_force import best_values
from tests.scheduler.small_problems import make_problem

FOR_SEVERAL = {"capacity": ("groups", 1), "min_size": ("groups", -1), "caseload": ("coaches", 1)}


def two_for_one_place() -> Rows:
    rows = Rows()
    heavy, light = rows.variable(), rows.variable()
    rows.add("H1", [(heavy, 1), (light, 1)], high=1)
    rows.add("H2", [(light, 1)], low=-1)
    return rows


@pytest.mark.parametrize("large", [0, module.LARGE])
def test_one_more_place_is_worth_the_next_person(monkeypatch, large):
    monkeypatch.setattr(module, "LARGE", large)
    found = duals(two_for_one_place(), [(0, 5), (1, 2)])
    assert found is not None
    assert found.bound == pytest.approx(5, abs=1e-4)
    assert found.worth[0] >= 2 - 1e-4  # at 5 or at 2, or between: all are duals
    assert found.worth[1] == pytest.approx(0, abs=1e-4)


def test_a_floor_is_kept():
    found = duals(two_for_one_place(), [(0, 5), (1, 2)], floors=[([(1, 1)], 1)])
    assert found is not None
    assert found.bound == pytest.approx(2, abs=1e-4)
    assert len(found.worth) == 2


def test_rows_that_nothing_can_satisfy_have_no_duals():
    rows = two_for_one_place()
    rows.add("", [(0, 1), (1, 1)], low=2)
    assert duals(rows, [(0, 5), (1, 2)]) is None


@pytest.mark.parametrize("seed", range(40))
def test_no_change_brings_more_than_the_bound_and_its_worth(seed):
    problem = replace(make_problem(seed), pins=())
    problem = replace(problem, policy=replace(problem.policy, objective=("served",)))
    model = build(problem, find_options(problem))
    (level,) = tiers(model)[0].levels
    found = duals(model, level.terms)
    assert found is not None
    best = best_values(problem)
    assert best is not None
    assert best["served"] <= found.bound
    for (kind, i), places in uses(model).items():
        if kind not in FOR_SEVERAL:
            continue
        field, step = FOR_SEVERAL[kind]
        rows = list(getattr(problem, field))
        rows[i] = replace(rows[i], **{kind: getattr(rows[i], kind) + step})
        after = best_values(replace(problem, **{field: tuple(rows)}))
        assert after is not None
        assert after["served"] <= found.bound + sum(found.worth[use.row] for use in places)
