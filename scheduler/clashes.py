"""H5: which groups nobody can be in at once, the way from one to the other included."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from scheduler.problem import Problem
from scheduler.ragged import Bools, Ints
from scheduler.travel import minutes

TOGETHER = 256  # weekly meetings compared in one go with all others of their weekday


def clashes(problem: Problem) -> Bools:
    """Whether two groups clash, shape (groups, groups), symmetric; none clashes with itself.

    Not a list of pairs: of groups that all meet in one region, a third of the pairs clash.
    """
    found = np.zeros((len(problem.groups), len(problem.groups)), dtype=bool)
    venue, way = _ways(problem)
    for group, start, end, meets in _weekly_meetings(problem):
        for i in range(0, len(group), TOGETHER):
            few = slice(i, i + TOGETHER)
            there = way[venue[group[few]][:, None], venue[group]]
            overlap = (start < end[few, None] + there) & (start[few, None] < end + there)
            one, other = np.nonzero(overlap & (meets[few] @ meets.T > 0))
            found[group[few][one], group[other]] = True
    np.fill_diagonal(found, val=False)
    return found


def _ways(problem: Problem) -> tuple[Ints, Ints]:
    """The venue of each group, and the minutes between venues; the last stands for none."""
    index = {venue.id: v for v, venue in enumerate(problem.venues)}
    places = [*(venue.place for venue in problem.venues), None]
    way = minutes(places, places, problem.policy.travel)
    venue = [len(index) if group.venue is None else index[group.venue] for group in problem.groups]
    return np.array(venue, dtype=np.int64), way


def _weekly_meetings(problem: Problem) -> Iterator[tuple[Ints, Ints, Ints, NDArray[np.float32]]]:
    """For each weekday the groups' meetings: group, start, end, and 1 for each week they meet."""
    weekdays: dict[int, dict[tuple[int, int, int], list[int]]] = defaultdict(dict)
    for g, group in enumerate(problem.groups):
        for slot in group.slots:
            week, day = divmod(slot.start.toordinal(), 7)
            start = slot.start.hour * 60 + slot.start.minute
            end = slot.end.hour * 60 + slot.end.minute
            weekdays[day].setdefault((g, start, end), []).append(week)
    for meetings in weekdays.values():
        group, start, end = np.array(list(meetings), dtype=np.int64).T
        weeks = sorted({week for met in meetings.values() for week in met})
        column = {week: w for w, week in enumerate(weeks)}
        meets = np.zeros((len(meetings), len(weeks)), dtype=np.float32)
        for row, met in enumerate(meetings.values()):
            meets[row, [column[week] for week in met]] = 1
        yield group, start, end, meets
