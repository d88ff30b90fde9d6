"""One instance made harder in one respect after the other."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench import instances
from tests.bench.children import run
from tests.bench.harder import HARDER
from tests.bench.measuring import try_method
from tests.bench.methods import OURS
from tests.bench.sections import Asked, Measured, note, table
from tests.bench.sections.comparison import HEAD, row

TITLE = "No cliff"
USUAL = ("territory",)
STEP_SECONDS = 120.0
INTRODUCTION = """\
Ours, with the limit of the instance, where one thing is made harder (`tests/bench/harder.py`).
Cells as above; *short of the bound* is by our own bound."""


def measure(asked: Asked) -> Measured:
    """Solve each variant of the usual instance, or of those named."""
    parts = [INTRODUCTION]
    for name, path in instances.find(asked.folder, asked.instances, USUAL).items():
        limit = asked.seconds(instances.limit(name, OURS))
        rows = [_row(path, how, limit, asked.memory) for how in HARDER]
        parts.append(
            f"### {name}\n\nLimit {limit:g} s.\n\n{table(('made harder', *HEAD[1:]), rows)}"
        )
    return Measured("\n\n".join(parts))


def _row(whole: Path, how: str, limit: float, memory: int) -> list[str]:
    with TemporaryDirectory() as folder:
        problem = Path(folder, "harder.json")
        done = run(
            "tests.bench.harder", whole, how, "-o", problem, seconds=STEP_SECONDS, memory=memory
        )
        if done.trouble:
            return [how, f"{done.trouble}, {done.said}", *[""] * (len(HEAD) - 2)]
        trial = try_method(OURS, problem, limit, memory)
    note(f"{how}: {trial.verdict}, {trial.run.wall:.1f} s")
    bound = trial.tiers[0].bound if trial.tiers else None
    return row(how, trial, bound if isinstance(bound, int) else None)
