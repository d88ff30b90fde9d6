"""``BENCH.md``: a section for each part that was ever measured, each with its machine."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

REPORT = "BENCH.md"
INTRODUCTION = "# The bench\n\nMeasured by `make bench`; instances and methods: `tests/bench`."


def write(folder: Path, title: str, text: str, order: Sequence[str]) -> None:
    """Put a section in place of the one of that title; the others stay."""
    path = folder / REPORT
    old = path.read_text() if path.exists() else ""
    path.write_text(merged(old, title, text, order))


def merged(old: str, title: str, text: str, order: Sequence[str]) -> str:
    """The report with the section in the place that ``order``, all the titles, gives it."""
    sections = dict(re.findall(r"^## (.*)\n((?:(?!## ).*\n?)*)", old, re.MULTILINE))
    sections[title] = text
    parts = [f"## {name}\n\n{sections[name].strip()}" for name in order if name in sections]
    return "\n\n".join([INTRODUCTION, *parts]) + "\n"
