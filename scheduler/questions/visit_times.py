"""When the visits of one window take place: in its gaps, or one after another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from scheduler.coaching import visit_after
from scheduler.problem import Window
from scheduler.result import Assignment


def visit_of(line: Assignment) -> Window:
    assert line.visit is not None
    return line.visit


def _at(line: Assignment, start: int) -> Assignment:
    visit = visit_of(line)
    return replace(line, visit=replace(visit, start=start, end=start + visit.end - visit.start))


def _length(line: Assignment) -> int:
    return visit_of(line).end - visit_of(line).start


def one_after_another(window: Window, lines: Sequence[Assignment]) -> list[Assignment]:
    """The lines with their visits from the window's start on; those of no minutes come last."""
    elapsed, found = 0, list(lines)
    for i in sorted(range(len(lines)), key=lambda i: not _length(lines[i])):
        length = _length(lines[i])
        found[i] = _at(lines[i], visit_after(window, elapsed, length).start)
        elapsed += length
    return found


def in_gaps(
    window: Window, busy: Sequence[Assignment], lines: Sequence[Assignment]
) -> list[Assignment] | None:
    """The lines with visits in the first gaps between the busy times; None where one has none."""
    taken = [visit_of(line) for line in busy]
    found = []
    for line in lines:
        length = _length(line)
        starts = [visit_after(window, 0, length).start, *(visit.end for visit in taken)]
        free = [
            start
            for start in sorted(starts)
            if start + length <= window.end
            and all(start + length <= other.start or other.end <= start for other in taken)
        ]
        if not free:
            return None
        found.append(_at(line, free[0]))
        taken.append(visit_of(found[-1]))
    return found
