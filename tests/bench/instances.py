"""Which instances there are, how long each method may take on them, and what is published."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scheduler.result import TierValue
from tests.bench.methods import MONOLITHIC, OURS

FALLBACK = Path(__file__).parents[1] / "scheduler" / "instances"
# Seconds for ours, which gives reasons and checks itself on top, and for the others; else USUAL.
LIMITS = {"territory": (56, 60), "basrhin": (164, 180)}
USUAL = (60, 60)
TOO_LARGE = ("basrhin",)  # for one model of the whole
# ``served``, by method, as published without a file: value, seconds.
SERVED = {
    "territory": (
        ("deferred acceptance", 6301, None),
        ("a local-search planner", 6705, 120.0),
        ("CP-SAT by default", 6825, 120.0),
    ),
    "basrhin": (("deferred acceptance", 56557, None),),
}


@dataclass(frozen=True, slots=True)
class Published:
    """Plans by others: label, tiers, seconds; and their least bound on the first tier."""

    plans: tuple[tuple[str, tuple[TierValue, ...], float | None], ...]
    bound: int | None


class UnknownInstanceError(ValueError):
    """The folder has no such instance."""


def find(folder: Path, names: Sequence[str] = (), usual: Sequence[str] = ()) -> dict[str, Path]:
    """The instances of a folder by name, smallest file first: those named, or the usual, or all.

    Where there is no such folder, those that the tests use. Raises ``UnknownInstanceError``.
    """
    folder = folder if folder.is_dir() else FALLBACK
    paths = [*folder.glob("*.json"), *folder.glob("*.json.gz")]
    paths = [path.resolve() for path in paths if path.name != "optima.json"]
    paths.sort(key=lambda path: (path.suffix == ".gz", path.stat().st_size))
    found = {path.name.partition(".")[0]: path for path in paths}
    unknown = [name for name in names if name not in found]
    if unknown:
        raise UnknownInstanceError(f"{folder} has {', '.join(found)}, not {', '.join(unknown)}")
    wanted = names or [name for name in usual if name in found] or found
    return {name: path for name, path in found.items() if name in wanted}


def published(folder: Path, instance: str) -> Published:
    """What is published of an instance: ``optima.json`` of the folder, and ``SERVED``."""
    path = (folder if folder.is_dir() else FALLBACK) / "optima.json"
    rows = json.loads(path.read_text()) if path.exists() else []
    row = next((row for row in rows if row["instance"] == instance), {})
    plans = [
        (label, (TierValue("served", value, None, proven=False),), seconds)
        for label, value, seconds in SERVED.get(instance, ())
    ]
    for label, key in (("first come, first served", "greedy"), ("HiGHS alone", "tiers")):
        if row.get(key):
            plans.append((label, _tiers(row[key]), row["seconds"] if key == "tiers" else None))
    bounds = [tier["bound"] for key in ("tiers", "lp") for tier in row.get(key, ())[:1]]
    return Published(tuple(plans), min(bounds, default=None))


def _tiers(raw: Any) -> tuple[TierValue, ...]:
    if isinstance(raw, dict):
        return tuple(TierValue(name, value, None, proven=False) for name, value in raw.items())
    return tuple(TierValue(t["name"], t["value"], t["bound"], t["proven"]) for t in raw)


def limit(instance: str, method: str) -> float:
    """Seconds that a method has for an instance."""
    ours, others = LIMITS.get(instance, USUAL)
    return ours if method == OURS else others


def is_left_out(instance: str, method: str) -> bool:
    """Whether a method is not tried unless everything is asked for."""
    return instance in TOO_LARGE and method in MONOLITHIC
