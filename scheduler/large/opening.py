"""Which groups without a coach are open: the part of H2 that a flow cannot decide.

A program tells it for the groups it is about. Besides, where groups that are closed need nobody, a
flow tells which of them people would fill, and those that nearly have enough are opened. Then
everybody is placed anew. Coached groups stay: their visits would have to be planned.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from scheduler.large.flow import is_open, placed_anew, staying, wanted
from scheduler.large.market import Choice, Market
from scheduler.large.region import Aim
from scheduler.ragged import Bools
from scheduler.waiting import Stop

SHORT = (2, 1, 0)  # people whom a group may lack of its minimum size


@dataclass(frozen=True, slots=True, eq=False)
class Opening:
    """Which of ``groups`` (G,) without a coach are to be open: those that ``are_open`` (G,)."""

    groups: Bools
    are_open: Bools


def with_opening(market: Market, aim: Aim, choice: Choice, opening: Opening) -> Choice | None:
    """Everybody placed anew with these groups open and closed; None where that cannot be had. It
    may be worse than ``choice``. A group in which somebody stays is open all the same.

    Where too few come to a group that was to be open, everybody is placed once more without it.
    """
    group = market.options.group
    stays = choice.taken & staying(market)[market.options.participant]
    others = is_open(market, choice) & ~opening.groups
    others[group[stays]] = True
    found = placed_anew(market, aim, choice, others | opening.are_open)
    if found is None or not (opening.are_open & ~is_open(market, found)).any():
        return found
    return placed_anew(market, aim, found)


def with_more_open(market: Market, aim: Aim, choice: Choice, should_stop: Stop) -> Iterator[Choice]:
    """Choices with further groups open, from many to few; each may be worse than ``choice``."""
    are_open = is_open(market, choice)
    closed = ~are_open & ~market.coached
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
        found = placed_anew(market, aim, choice, are_open | opened)
        if found is not None:
            yield found
