"""How many people move when one leaves: planned again, and planned afresh."""

from __future__ import annotations

from pathlib import Path
from statistics import mean
from typing import Any

from tests.bench import instances
from tests.bench.measuring import answer
from tests.bench.sections import Asked, Measured, note, table

TITLE = "Stability"
USUAL = ("strasbourg",)
NUM = 20
SECONDS_A_PLAN = 60.0
HEAD = ("instance", "removed", "placed before", "way", "people moved, mean", "most", "proven")
INTRODUCTION = """\
Placed participants leave, one at a time, drawn with a fixed seed. Counted are the others who had a
group and have another one, or none: in a plan made again by `again`, and in one made afresh.
*Proven*: how many of the pairs of plans are optimal in every tier, both."""


def measure(asked: Asked) -> Measured:
    """Remove people from each instance that is named; else from the usual one."""
    paths = instances.find(asked.folder, asked.instances, USUAL)
    rows: list[list[str]] = []
    troubles = []
    for name, path in paths.items():
        found, trouble = _stability(path, asked)
        if trouble is None and not found["removed"]:
            trouble = "nobody has a group"
        if trouble:
            troubles.append(f"{name}: {trouble}")
        else:
            rows += _rows(name, found)
        note(f"{name}: {trouble or found}")
    return Measured("\n\n".join([INTRODUCTION, table(HEAD, rows), *troubles]))


def _stability(path: Path, asked: Asked) -> tuple[Any, str | None]:
    limit = asked.seconds(SECONDS_A_PLAN)
    done, found = answer(
        "tests.bench.stability",
        *(path, NUM, "--time-limit", limit),
        seconds=(2 * NUM + 1) * limit,
        memory=asked.memory,
    )
    return found, done.trouble and f"{done.trouble}, {done.said}"


def _rows(name: str, found: Any) -> list[list[str]]:
    num = len(found["removed"])
    return [
        [
            *(name, str(num), str(found["num_placed"]), words),
            *(f"{mean(found[way]):.1f}", str(max(found[way])), f"{found['num_proven']} of {num}"),
        ]
        for way, words in (("again", "planned again"), ("afresh", "planned afresh"))
    ]
