"""``python -m tests.bench``: measure, print, and save as Markdown and SVG."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from scheduler.commands.files import seconds, whole
from tests.bench import report
from tests.bench.instances import FALLBACK, UnknownInstanceError, find
from tests.bench.machine import machine, memory
from tests.bench.methods import LABELS
from tests.bench.sections import SECTIONS, Asked, Draw, note

ROOT = Path(__file__).parents[2]


def parser() -> argparse.ArgumentParser:
    default = Asked(FALLBACK)
    found = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    for name in SECTIONS:
        found.add_argument(f"--{name}", action="store_true", help="this part; without any: all")
    found.add_argument("--folder", type=Path, default=default.folder, help="with the instances")
    found.add_argument("--instances", nargs="+", default=(), metavar="NAME")
    found.add_argument("--methods", nargs="+", default=(), choices=LABELS, metavar="NAME")
    found.add_argument("--everything", action="store_true", help="also what takes too long")
    found.add_argument("--time-limit", type=seconds, help="seconds, instead of the usual ones")
    found.add_argument(
        "--memory", type=whole(1, 10**9), default=int(0.8 * memory() / 1e6), metavar="MB"
    )
    found.add_argument(
        "--sizes", nargs="+", type=whole(1, 10**9), default=default.sizes, metavar="N"
    )
    found.add_argument("--output", type=Path, default=ROOT / "scheduler", metavar="FOLDER")
    return found


def main(argv: list[str] | None = None) -> int:
    """Measure what is asked for; returns an exit code."""
    args = parser().parse_args(argv)
    if not args.folder.is_dir():
        note(f"{args.folder} is not there: the instances of the tests are taken")
    try:
        find(args.folder, args.instances)
    except UnknownInstanceError as error:
        print(error, file=sys.stderr)
        return 2
    asked = Asked(
        *(args.folder, args.instances, args.methods, args.everything, args.time_limit),
        *(args.memory * 1_000_000, args.sizes),
    )
    sections: dict[str, Any] = {
        name: import_module(f"tests.bench.sections.{name}") for name in SECTIONS
    }
    order = [sections[name].TITLE for name in SECTIONS]
    args.output.mkdir(parents=True, exist_ok=True)
    figures: dict[str, Draw] = {}
    try:
        for name in [name for name in SECTIONS if getattr(args, name)] or SECTIONS:
            found = sections[name].measure(asked)
            figures |= found.figures
            text = f"{machine()}.\n\n{found.markdown}"
            report.write(args.output, sections[name].TITLE, text, order)
            print(text)
    finally:
        if figures:
            _draw(args.output, figures)
    return 0


def _draw(folder: Path, figures: Mapping[str, Draw]) -> None:
    from tests.bench.drawing import draw  # here, so that the measuring process is small

    for name, fill in figures.items():
        draw(folder / name, fill)


if __name__ == "__main__":
    sys.exit(main())
