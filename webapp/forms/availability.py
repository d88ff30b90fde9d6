"""Availability on the week grid of a form: half-days, and exact times for the rest.

A span is (weekday, start, end): 0 is Monday, minutes since midnight. A half-day is called by the
value of its checkbox, ``mon-morning``.
"""

from __future__ import annotations

from collections.abc import Iterable

Span = tuple[int, int, int]

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat")
# They touch, so that somebody free all day is free at noon, too.
PARTS = {"morning": (480, 720), "afternoon": (720, 1080), "evening": (1080, 1200)}

HALF_DAYS: dict[str, Span] = {
    f"{day}-{part}": (weekday, *span)
    for weekday, day in enumerate(DAYS)
    for part, span in PARTS.items()
}


def merge(spans: Iterable[Span]) -> list[Span]:
    """Join the spans of a day that touch or overlap; sorted."""
    merged: list[Span] = []
    for weekday, start, end in sorted(spans):
        if merged and merged[-1][0] == weekday and start <= merged[-1][2]:
            merged[-1] = (weekday, merged[-1][1], max(merged[-1][2], end))
        else:
            merged.append((weekday, start, end))
    return merged


def spans_of(half_days: Iterable[str], exact: Iterable[Span]) -> list[Span]:
    """Return the spans that the ticked half-days and the exact times make together."""
    return merge([*(HALF_DAYS[name] for name in half_days), *exact])


def split(spans: Iterable[Span]) -> tuple[list[str], list[Span]]:
    """Return the half-days that the spans fill, and exact times for what is left."""
    half_days: list[str] = []
    exact: list[Span] = []
    for weekday, start, end in merge(spans):
        left = start
        for name, (day, first, last) in HALF_DAYS.items():
            if day == weekday and start <= first and last <= end:
                half_days.append(name)
                if left < first:
                    exact.append((weekday, left, first))
                left = last
        if left < end:
            exact.append((weekday, left, end))
    return half_days, exact
