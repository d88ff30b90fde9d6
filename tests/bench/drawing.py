"""Figures as SVG: the same data give the same bytes."""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure

from tests.bench.sections import Draw

mpl.rcParams["svg.hashsalt"] = "croisee"
mpl.rcParams["svg.fonttype"] = "none"  # text stays text


def draw(path: Path, fill: Draw) -> None:
    """Write the figure that ``fill`` makes."""
    figure = Figure(layout="constrained")
    fill(figure)
    figure.savefig(path, format="svg", bbox_inches="tight", metadata={"Date": None})
