"""One method on one instance: run, timed, and its plan judged."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from scheduler.commands.solve import EXIT_CODES
from scheduler.result import TierValue, Value
from tests.bench.children import FAILED, OUT_OF_TIME, Run, run
from tests.bench.methods import OURS

GRACE_SECONDS = 120.0  # beyond its limit, to read, to build its model and to write
JUDGE_SECONDS = 600.0
INFEASIBLE = "infeasible"


@dataclass(frozen=True, slots=True)
class Trial:
    """``trouble`` says why there is no plan: out of time, out of memory, failed, infeasible."""

    run: Run
    trouble: str | None
    broken: dict[str, int]  # how often which rule
    tiers: tuple[TierValue, ...]

    @property
    def is_valid(self) -> bool:
        """Whether there is a plan that breaks nothing, and nothing said of it is false."""
        return self.trouble is None and not self.broken

    @property
    def verdict(self) -> str:
        """Of the plan, in a few words."""
        if self.trouble == FAILED:
            return f"{FAILED}: {self.run.said or f'exit code {self.run.code}'}"
        if self.trouble:
            return self.trouble
        if self.broken:
            return "invalid: " + ", ".join(f"{rule} × {n}" for rule, n in self.broken.items())
        return "optimal" if all(tier.proven for tier in self.tiers) else "valid"


def try_method(name: str, problem: Path, seconds: float, memory: int) -> Trial:
    """Run a method within the limits and judge what it gives."""
    with TemporaryDirectory() as folder:
        solution = Path(folder, "solution.json")
        rest = (problem, "-o", solution, "--time-limit", seconds)
        done = run(
            *(("scheduler", "solve") if name == OURS else ("tests.bench.methods", name)),
            *rest,
            seconds=seconds + GRACE_SECONDS,
            memory=memory,
            good=(*EXIT_CODES.values(),),
        )
        trouble = done.trouble or _without_plan(done.code)
        if trouble:
            return Trial(done, trouble, {}, ())
        judged, found = answer(
            "tests.bench.judge", problem, solution, seconds=JUDGE_SECONDS, memory=memory
        )
        if judged.trouble:
            return Trial(done, f"not judged: {judged.trouble}, {judged.said}", {}, ())
    tiers = tuple(
        TierValue(row["name"], _value(row["value"]), _value(row["bound"]), row["proven"])
        for row in found["tiers"]
    )
    return Trial(done, None, found["broken"], tiers)


def answer(module: str, *arguments: object, seconds: float, memory: int) -> tuple[Run, Any]:
    """Run a module that measures and writes JSON to ``-o``; what it wrote, None in trouble."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "answer.json")
        done = run(module, *arguments, "-o", path, seconds=seconds, memory=memory)
        return done, None if done.trouble else json.loads(path.read_text())


def _without_plan(code: int) -> str | None:
    words = {EXIT_CODES["unknown"]: OUT_OF_TIME, EXIT_CODES["infeasible"]: INFEASIBLE}
    return words.get(code)


def _value(raw: int | list[int] | None) -> Value | None:
    return tuple(raw) if isinstance(raw, list) else raw


def gap(tier: TierValue, bound: Value | None) -> float | None:
    """How far a tier is from a bound, relative to it; None for profiles, without a bound, and
    where only 0 is known."""
    if not (isinstance(tier.value, int) and isinstance(bound, int)):
        return None
    if bound == 0:
        return 0.0 if tier.value == 0 else None
    return abs(bound - tier.value) / abs(bound)
