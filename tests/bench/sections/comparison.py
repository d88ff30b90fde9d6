"""Instance by method: time, memory, and what each plan is worth."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scheduler.problem import DEFAULT_OBJECTIVE
from scheduler.result import TierValue
from tests.bench import instances
from tests.bench.instances import Published
from tests.bench.measuring import Trial, gap, try_method
from tests.bench.methods import LABELS
from tests.bench.sections import Asked, Measured, note, table

TITLE = "Instance by method"
FIGURE = "bench-comparison.svg"
MARKS = "osv^D"  # by method
HEAD = ("method", "plan", "wall s", "CPU s", "MB", "short of the bound", *DEFAULT_OBJECTIVE)
INTRODUCTION = f"""\
Each method runs alone in a process of its own; wall time includes its start and reading the file,
MB is the most memory it held. Every plan goes through the same `scheduler.check`; one that breaks a
rule is called invalid and shows which, how often. A cell reads *value ≤ bound* (≥ where less is
better); ✓: proven. A tier's bound holds for the values that this method kept in the tiers before.
*Short of the bound*: what the first tier lacks of the least bound that anybody proves for it, the
published one included.

![Time and gap of each method]({FIGURE})"""

Trials = dict[str, dict[str, Trial | None]]  # by instance and method; None: left out


def measure(asked: Asked) -> Measured:
    """Try every method on every instance."""
    trials: Trials = {}
    parts = [INTRODUCTION]
    paths = instances.find(asked.folder, asked.instances)
    known = {name: instances.published(asked.folder, name) for name in paths}
    for name, path in paths.items():
        trials[name] = {}
        for method in asked.methods or LABELS:
            if instances.is_left_out(name, method) and not asked.everything:
                trials[name][method] = None
                continue
            seconds = asked.seconds(instances.limit(name, method))
            trial = trials[name][method] = try_method(method, path, seconds, asked.memory)
            note(f"{name}, {method}: {trial.verdict}, {trial.run.wall:.1f} s")
        parts.append(_part(name, trials[name], known[name], asked))
    bests = {name: _best_bound(found, known[name]) for name, found in trials.items()}
    return Measured("\n\n".join(parts), {FIGURE: lambda figure: _draw(figure, trials, bests)})


def _part(name: str, trials: Mapping[str, Trial | None], known: Published, asked: Asked) -> str:
    best = _best_bound(trials, known)
    rows = [
        [LABELS[method], "left out, too large (`--everything`)", *[""] * (len(HEAD) - 2)]
        if trial is None
        else row(LABELS[method], trial, best)
        for method, trial in trials.items()
    ]
    rows += _published_rows(known, best)
    limits = {asked.seconds(instances.limit(name, method)) for method in trials}
    shown = " or ".join(f"{seconds:g} s" for seconds in sorted(limits))
    if len(limits) > 1:
        shown += " (the shorter is for ours)"
    return f"### {name}\n\nLimit {shown}.\n\n{table(HEAD, rows)}"


def row(label: str, trial: Trial, best: int | None) -> list[str]:
    """A line under ``HEAD``; ``best`` is the least bound known of the first tier."""
    run = trial.run
    cost = [f"{run.wall:.2f}", f"{run.cpu:.2f}", f"{run.peak / 1e6:.0f}"]
    return [label, trial.verdict.replace("|", "\\|"), *cost, *_worth(trial.tiers, best)]


def _worth(tiers: tuple[TierValue, ...], best: int | None) -> list[str]:
    short = gap(tiers[0], best) if tiers else None
    by_name = {tier.name: tier for tier in tiers}
    cells = [_cell(by_name[name]) if name in by_name else "" for name in DEFAULT_OBJECTIVE]
    return ["" if short is None else f"{100 * short:.2f} %", *cells]


def _cell(tier: TierValue) -> str:
    shown = _shown(tier.value)
    if tier.proven:
        return f"{shown} ✓"
    if tier.bound is None:
        return shown
    sign = "≥" if tier.name == "travel" else "≤"
    lacking = gap(tier, tier.bound)
    per_cent = "" if lacking is None else f", {100 * lacking:.2f} %"
    return f"{shown} {sign} {_shown(tier.bound)}{per_cent}"


def _shown(value: object) -> str:
    return " ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _published_rows(known: Published, best: int | None) -> list[list[str]]:
    rows = []
    for label, tiers, seconds in known.plans:
        wall = "" if seconds is None else f"{seconds:.2f}"
        rows.append([f"*published: {label}*", "", wall, "", "", *_worth(tiers, best)])
    return rows


def _best_bound(trials: Mapping[str, Trial | None], known: Published) -> int | None:
    """The least bound on the first tier; what an invalid result says is not believed."""
    firsts = [trial.tiers[0] for trial in trials.values() if trial is not None and trial.is_valid]
    bounds = [tier.bound for tier in firsts] + [known.bound]
    whole = [bound for bound in bounds if isinstance(bound, int)]
    is_less_better = any(tier.name == "travel" for tier in firsts)
    return (max if is_less_better else min)(whole, default=None)


def _draw(figure: Any, trials: Trials, bests: Mapping[str, int | None]) -> None:
    """A panel an instance: seconds against the gap of the first tier, a mark a method."""
    across = min(3, len(trials))
    figure.set_size_inches(4 * across, 3.2 * -(-len(trials) // across))
    panels = figure.subplots(-(-len(trials) // across), across, squeeze=False).flat
    for panel in list(panels)[len(trials) :]:
        panel.axis("off")
    for panel, (name, found) in zip(figure.axes, trials.items(), strict=False):
        for i, (method, label) in enumerate(LABELS.items()):
            trial, best = found.get(method), bests[name]
            if trial is None or not trial.is_valid or best is None:
                continue
            short = gap(trial.tiers[0], best)
            if short is not None:
                panel.plot(trial.run.wall, 100 * short, MARKS[i], color=f"C{i}", label=label)
        panel.set_title(name)
        panel.set_xscale("log")
        panel.set_yscale("symlog", linthresh=0.1)
        panel.set_ylim(-0.02, 100)
        panel.set_xlabel("seconds")
        panel.set_ylabel("short of the bound, %")
        panel.grid(visible=True, alpha=0.3)
    marks = {label: mark for axes in figure.axes for mark, label in _legend(axes)}
    figure.legend(marks.values(), marks.keys(), loc="outside lower center", ncols=3)


def _legend(axes: Any) -> zip[tuple[Any, str]]:
    return zip(*axes.get_legend_handles_labels(), strict=True)
