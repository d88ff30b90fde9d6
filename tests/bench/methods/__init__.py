"""The methods that are compared. Each is a function: a problem and seconds give a result.

``python -m tests.bench.methods NAME problem.json -o solution.json`` runs one of them and ends like
``python -m scheduler solve``, which is the method *ours*.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from scheduler.problem import Problem
from scheduler.result import Result

Method = Callable[[Problem, float], Result]
OURS = "ours"
MONOLITHIC = ("cp-sat", "highs")  # left out where too large, see ``instances``
MODULES = {
    "first-come": "first_come",
    "deferred-acceptance": "deferred_acceptance",
    "cp-sat": "cp_sat",
    "highs": "highs",
}
LABELS = {
    "first-come": "first come, first served",
    "deferred-acceptance": "deferred acceptance, repaired",
    "cp-sat": "CP-SAT, default settings",
    "highs": "HiGHS, monolithic",
    OURS: "ours",
}


def method(name: str) -> Method:
    """The method; only it is imported, so that none pays for another's packages."""
    found: Method = import_module(f"{__name__}.{MODULES[name]}").method
    return found
