"""The parts of the bench: one module each, with ``TITLE`` and ``measure(asked) -> Measured``.

A new one is a file, and a name in ``SECTIONS``.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SECTIONS = (
    "comparison",
    "growth",
    "harder",
    "stability",
    "questions",
)  # modules here, in the order of the report

Draw = Callable[[Any], None]  # fills a ``matplotlib.figure.Figure``


@dataclass(frozen=True, slots=True)
class Asked:
    """What to measure: the folder of the instances, which of them, by which methods."""

    folder: Path
    instances: Sequence[str] = ()  # none: all
    methods: Sequence[str] = ()  # none: all
    everything: bool = False  # also what takes too long
    time_limit: float | None = None  # seconds; None: the instance's own
    memory: int = 1 << 62  # bytes a method may hold
    sizes: Sequence[int] = (1_000, 2_500, 5_000, 10_000, 20_000, 40_000)

    def seconds(self, usual: float) -> float:
        """The limit asked for, or the usual one."""
        return usual if self.time_limit is None else self.time_limit


@dataclass(frozen=True, slots=True)
class Measured:
    """Markdown without the title, and figures by file name, to be drawn at the end."""

    markdown: str
    figures: Mapping[str, Draw] = field(default_factory=dict)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table; the first column is text, the others are numbers."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def note(text: str) -> None:
    """Say on standard error how far it is."""
    print(text, file=sys.stderr, flush=True)
