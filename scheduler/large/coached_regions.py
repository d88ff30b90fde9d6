"""Coaches' visits anew, region after region, while people elsewhere may come at a price.

A region holds everybody who has a place outside of it, so a visit could go only to people without
one. Here they may come too, and their place counts for what it is worth to others: its price. Who
is left without a place is worth what is to be had elsewhere. The plan that comes out is worth
something only after everybody was placed anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from random import Random

import numpy as np

from scheduler.large.flow import in_quota, is_open, staying
from scheduler.large.market import Choice, Market
from scheduler.large.neighbourhoods import neighbourhoods
from scheduler.large.region import Aim, Region
from scheduler.matrix import Floats
from scheduler.ragged import Bools

OPTIONS = 500


class CoachedRegions:
    """The regions of coached groups at some prices."""

    def __init__(self, market: Market, aim: Aim, gains: Floats, margin: float) -> None:
        """``gains`` (O,) at the prices; options that gain less than a person's best one by more
        than ``margin`` are left out."""
        self._market, self._aim, self._gains = market, aim, gains
        options = market.options
        best = np.zeros(len(market.weight))
        np.maximum.at(best, options.participant, gains)
        self.coached = np.zeros(len(market.capacity), dtype=bool)
        self.coached[market.class_group] = True
        near = (gains >= best[options.participant] - margin) | options.pinned
        self._considered: Bools = near & self.coached[options.group]
        self._is_tied = in_quota(market) | staying(market)[options.participant]

    def neighbourhoods(self, rng: Random) -> Iterator[Bools]:
        """Sets of coached groups (G,), until each was in one."""
        return neighbourhoods(self._market, self._considered, OPTIONS, rng)

    def region(self, choice: Choice, groups: Bools) -> Region:
        """The program of these groups, with everybody who may come."""
        market, options = self._market, self._market.options
        mine, gains = options.participant, self._gains
        outside = ~self.coached[options.group]
        elsewhere = np.zeros(len(market.weight))
        others = outside & is_open(market, choice)[options.group]
        np.maximum.at(elsewhere, mine[others], gains[others])
        num_groups = np.bincount(mine[choice.taken], minlength=len(market.weight))
        wanted = np.zeros(len(market.weight), dtype=bool)
        wanted[mine[groups[options.group] & self._considered]] = True
        leaving = np.flatnonzero(
            choice.taken & outside & ~self._is_tied & (wanted & (num_groups == 1))[mine]
        )
        elsewhere[mine[leaving]] = gains[leaving]
        taken = choice.taken.copy()
        taken[leaving] = False
        aim = replace(self._aim, elsewhere=elsewhere)
        return Region(market, Choice(taken, choice.unit), groups, self._considered, aim)

    def chosen(self, region: Region, values: Floats, choice: Choice) -> Choice:
        """The whole choice with these values; who did not come stays where they are."""
        found = region.chosen(values)
        mine = self._market.options.participant
        came = np.zeros(len(self._market.weight), dtype=bool)
        came[mine[region.options[found.taken[region.options]]]] = True
        left = np.flatnonzero(choice.taken & ~found.taken)
        outside = left[~self.coached[self._market.options.group[left]]]
        found.taken[outside[~came[mine[outside]]]] = True
        return found
