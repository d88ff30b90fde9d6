"""The tier values of real-sized instances, proven, against those of another solver."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scheduler.jsonio import read
from scheduler.params import Params
from scheduler.solve import solve

INSTANCES = Path(__file__).parent / "instances"
OPTIMA = {
    entry["instance"]: {tier["name"]: tier["value"] for tier in entry["tiers"]}
    for entry in json.loads((INSTANCES / "optima.json").read_text())
}


@pytest.mark.slow
@pytest.mark.parametrize("name", ["geneva", "namur", "strasbourg", "pau"])
def test_every_tier_of_an_instance_is_the_best_there_is_and_proven(name: str) -> None:
    problem = read((INSTANCES / f"{name}.json.gz").read_bytes())
    result = solve(problem, Params(time_limit=None))
    assert result.status == "optimal"
    assert {tier.name: tier.value for tier in result.tiers} == OPTIMA[name]
    assert all(tier.proven and tier.bound == tier.value for tier in result.tiers)
