"""The tier values of real-sized instances, proven, against those of another solver.

``optima.json`` has what another solver proved elsewhere; here it is asked again.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scheduler.jsonio import read
from scheduler.params import Params
from scheduler.solve import solve
from tests.bench.methods import method

INSTANCES = Path(__file__).parent / "instances"
OPTIMA = {
    entry["instance"]: {tier["name"]: tier["value"] for tier in entry["tiers"]}
    for entry in json.loads((INSTANCES / "optima.json").read_text())
}


NAMES = ["geneva", "namur", "strasbourg", "pau"]
SECONDS = 300.0  # enough on a busy machine


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_every_tier_of_an_instance_is_the_best_there_is_and_proven(name: str) -> None:
    problem = read((INSTANCES / f"{name}.json.gz").read_bytes())
    result = solve(problem, Params(time_limit=None))
    assert result.status == "optimal"
    assert {tier.name: tier.value for tier in result.tiers} == OPTIMA[name]
    assert all(tier.proven and tier.bound == tier.value for tier in result.tiers)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_a_second_solver_proves_the_same_of_an_instance(name: str) -> None:
    problem = read((INSTANCES / f"{name}.json.gz").read_bytes())
    result = method("highs")(problem, SECONDS)
    assert result.status == "optimal"
    assert {tier.name: tier.bound for tier in result.tiers} == OPTIMA[name]
