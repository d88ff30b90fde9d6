"""Times of a week: minutes of a day, and windows by weekday."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from scheduler.problem import Window

Span = tuple[int, int]


def minute_of(moment: datetime) -> int:
    return moment.hour * 60 + moment.minute


def merged(windows: Iterable[Window]) -> dict[int, list[Span]]:
    """Windows by weekday, those that touch or overlap joined."""
    days: dict[int, list[Span]] = {}
    for window in sorted(windows, key=lambda w: (w.day, w.start, w.end)):
        spans = days.setdefault(window.day, [])
        if spans and window.start <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(spans[-1][1], window.end))
        else:
            spans.append((window.start, window.end))
    return days


def is_within(span: Span, spans: Iterable[Span]) -> bool:
    return any(start <= span[0] and span[1] <= end for start, end in spans)
