"""Time against size: the largest instance, cut to a row of sizes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.bench import instances
from tests.bench.children import run
from tests.bench.measuring import Trial, gap, try_method
from tests.bench.methods import OURS
from tests.bench.sections import Asked, Measured, note, table

TITLE = "Growth"
FIGURE = "bench-growth.svg"
SECONDS_A_PARTICIPANT = 180 / 40_000
STEP_SECONDS = 600.0  # to cut a problem, and for its first steps
STEPS = {"read": "reading", "options": "options and clashes", "list": "first plan, by list"}
HEAD = ("participants", "groups", "coaches", "options", *STEPS.values(), "ours", "limit", "MB")
INTRODUCTION = f"""\
{{whole}}, cut to the people and groups nearest to its middle (`tests/bench/cut.py`). A cut goes
through the surroundings of people at its edge, so the smaller the place, the fewer options a person
has: see both panels. Seconds; *ours* is the whole command with a limit in proportion to the size,
so that its line is straight where nothing is proven earlier. What that time was good for, the gaps
say: to its own bounds, that of `wishes` for the people served.

![Seconds against size; dashed: in proportion]({FIGURE})"""


class StepError(RuntimeError):
    """A step that every measure needs did not end well."""


@dataclass(frozen=True, slots=True)
class Point:
    """One size: how much there is of what, seconds by step, and our trial."""

    counts: dict[str, int]
    seconds: dict[str, float]
    trial: Trial
    limit: float


def measure(asked: Asked) -> Measured:
    """Cut, time the first steps, and solve, size after size."""
    paths = instances.find(asked.folder, asked.instances)
    whole, path = list(paths.items())[-1]
    points: list[Point] = []
    troubles: list[str] = []
    for size in sorted(asked.sizes):
        try:
            point = _point(asked, path, size)
        except StepError as error:
            troubles.append(str(error))
            note(troubles[-1])
            continue
        points.append(point)
        note(f"{whole} cut to {size}: {point.trial.verdict}, {point.trial.run.wall:.1f} s")
        if point.counts["participants"] < size:
            break  # there are no more
    rows = table((*HEAD, "gaps"), [_row(point) for point in points])
    figures = {FIGURE: lambda figure: _draw(figure, points)} if points else {}
    return Measured("\n\n".join([INTRODUCTION.format(whole=whole), rows, *troubles]), figures)


def _point(asked: Asked, whole: Path, size: int) -> Point:
    with TemporaryDirectory() as folder:
        problem, steps = Path(folder, f"{size}.json"), Path(folder, "steps.json")
        for module, arguments in (
            ("tests.bench.cut", (whole, size, "-o", problem)),
            ("tests.bench.phases", (problem, "-o", steps)),
        ):
            done = run(module, *arguments, seconds=STEP_SECONDS, memory=asked.memory)
            if done.trouble:
                raise StepError(f"{size}: {module} {done.trouble}, {done.said}")
        found = json.loads(steps.read_text())
        seconds = found.pop("seconds")
        limit = asked.seconds(found["participants"] * SECONDS_A_PARTICIPANT)
        return Point(found, seconds, try_method(OURS, problem, limit, asked.memory), limit)


def _row(point: Point) -> list[str]:
    counts, run_ = point.counts, point.trial.run
    gaps = [(tier.name, gap(tier, tier.bound)) for tier in point.trial.tiers[:2]]
    shown = ", ".join(f"{name} {100 * short:.2f} %" for name, short in gaps if short is not None)
    return [
        *(str(counts[key]) for key in ("participants", "groups", "coaches", "options")),
        *(f"{point.seconds[step]:.2f}" for step in STEPS),
        *(f"{run_.wall:.1f}", f"{point.limit:g}", f"{run_.peak / 1e6:.0f}"),
        f"{point.trial.verdict}: {shown}" if point.trial.is_valid else point.trial.verdict,
    ]


def _draw(figure: Any, points: list[Point]) -> None:
    """Seconds against participants, and against options."""
    figure.set_size_inches(9, 4)
    lines = {label: [p.seconds[step] for p in points] for step, label in STEPS.items()}
    lines["ours"] = [point.trial.run.wall for point in points]
    panels = figure.subplots(1, 2, sharey=True)
    for panel, key in zip(panels, ("participants", "options"), strict=True):
        sizes = [point.counts[key] for point in points]
        for label, seconds in lines.items():
            panel.plot(sizes, seconds, "o-", label=label)
            straight = [seconds[-1] * size / max(1, sizes[-1]) for size in sizes]
            panel.plot(sizes, straight, "--", color="grey", linewidth=0.7)
        panel.set_xscale("log")
        panel.set_yscale("log")
        panel.set_xlabel(key)
        panel.grid(visible=True, alpha=0.3)
    figure.axes[0].set_ylabel("seconds")
    figure.legend(*figure.axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=4)
