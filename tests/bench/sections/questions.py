"""The time of each question about a plan, asked with the problem and the plan in memory."""

from __future__ import annotations

from pathlib import Path
from statistics import mean
from tempfile import TemporaryDirectory

from scheduler.commands.solve import EXIT_CODES
from tests.bench import instances
from tests.bench.children import run
from tests.bench.measuring import GRACE_SECONDS, answer
from tests.bench.methods import OURS
from tests.bench.sections import Asked, Measured, note, table

TITLE = "Questions"
USUAL = ("geneva", "strasbourg", "territory", "basrhin")
LISTED = ("basrhin",)  # asked about places alone, of a plan by list
QUESTIONS = ("places", "unlock", "worth", "again", "what-if", "relax", "fairness")
SECONDS = 60.0  # for one question
HEAD = ("question", "asked", "prepared", "wall s, mean", "most", "CPU s, mean", "MB", "limit")
INTRODUCTION = """\
`places` is asked of 20 people and `unlock` of 20 without a group, drawn with a fixed seed;
*prepared* is what they index once of a plan, in seconds. `worth` is asked for
the one change that brings most; `again` follows one person who left; `what-if` forbids one pair;
`relax` has one pin too many for a group; `fairness` is by tags. The plan is ours, for basrhin that
by list. Reading the files is not in the times; the memory is of the whole process."""


def measure(asked: Asked) -> Measured:
    """Make a plan of each instance, and ask every question about it."""
    paths = instances.find(asked.folder, asked.instances, USUAL)
    parts = [INTRODUCTION]
    for name, path in paths.items():
        with TemporaryDirectory() as folder:
            plan = Path(folder, "plan.json")
            trouble = _planned(name, path, plan, asked)
            told = f"No plan: {trouble}." if trouble else _part(name, path, plan, asked)
        parts.append(f"### {name}\n\n{told}")
    return Measured("\n\n".join(parts))


def _planned(name: str, problem: Path, plan: Path, asked: Asked) -> str | None:
    """Make a plan to ask about; why there is none."""
    limit = asked.seconds(instances.limit(name, OURS))
    is_listed = name in LISTED
    done = run(
        *(("tests.bench.methods", "first-come") if is_listed else ("scheduler", "solve")),
        *(problem, "-o", plan, "--time-limit", limit),
        seconds=limit + GRACE_SECONDS,
        memory=asked.memory,
        good=(EXIT_CODES["feasible"],),
    )
    return done.trouble and f"{done.trouble}, {done.said}"


def _part(name: str, problem: Path, plan: Path, asked: Asked) -> str:
    rows = []
    for question in QUESTIONS[:1] if name in LISTED else QUESTIONS:
        rows.append(_row(question, problem, plan, asked.seconds(SECONDS), asked.memory))
        note(f"{name}: {', '.join(rows[-1])}")
    return table(HEAD, rows)


def _row(question: str, problem: Path, plan: Path, limit: float, memory: int) -> list[str]:
    done, found = answer(
        "tests.bench.asking",
        *(question, problem, plan, "--time-limit", limit),
        seconds=limit + GRACE_SECONDS,
        memory=memory,
    )
    if done.trouble:
        cells = [f"{done.trouble} {done.said}".replace("|", "\\|"), *[""] * 4]
    elif not found["wall"]:
        cells = ["nothing to ask", *[""] * 4]
    else:
        times = (found["prepared"], mean(found["wall"]), max(found["wall"]), mean(found["cpu"]))
        cells = [str(len(found["wall"])), *(f"{seconds:.3f}" for seconds in times)]
    return [question, *cells, f"{done.peak / 1e6:.0f}", f"{limit:g}"]
