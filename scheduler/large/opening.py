"""Groups that need a number of people, opened where a flow says that enough would come.

Which groups to open is the part of H2 that a flow cannot decide. But where groups that are closed
need nobody, it tells which of them people would fill; those that nearly have enough are opened,
and everybody is placed anew. Coached groups stay closed: their visits would have to be planned.
"""

from __future__ import annotations

from collections.abc import Iterator

from scheduler.large.flow import is_open, placed_anew, wanted
from scheduler.large.market import Choice, Market
from scheduler.large.region import Aim
from scheduler.waiting import Stop

SHORT = (2, 1, 0)  # people whom a group may lack of its minimum size


def with_more_open(market: Market, aim: Aim, choice: Choice, should_stop: Stop) -> Iterator[Choice]:
    """Choices with further groups open, from many to few; each may be worse than ``choice``."""
    closed = ~is_open(market, choice) & ~market.coached
    if should_stop() or not closed.any():
        return
    num = wanted(market, aim, choice)
    before = -1
    for short in SHORT:
        opened = closed & (num > 0) & (num >= market.min_size - short)
        if should_stop() or not opened.any():
            return
        if int(opened.sum()) == before:
            continue
        before = int(opened.sum())
        found = placed_anew(market, aim, choice, opened)
        if found is not None:
            yield found
