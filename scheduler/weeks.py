"""H6: what a group asks of a week."""

from __future__ import annotations

from collections import defaultdict

from scheduler.problem import Group


def minutes_by_week(group: Group) -> dict[tuple[int, int], int]:
    """Minutes of the group's slots by ISO year and week."""
    weeks: dict[tuple[int, int], int] = defaultdict(int)
    for slot in group.slots:
        year, week, _ = slot.start.isocalendar()
        weeks[year, week] += int((slot.end - slot.start).total_seconds()) // 60
    return dict(weeks)
