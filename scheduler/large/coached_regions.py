"""Coaches' visits anew, some coaches at a time, while people elsewhere may come at a price.

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

from scheduler.large.claim import Claim
from scheduler.large.flow import in_quota, is_open, staying
from scheduler.large.market import Choice, Market
from scheduler.large.neighbourhoods import neighbourhoods
from scheduler.large.region import Aim, Region
from scheduler.matrix import Floats
from scheduler.ragged import Bools

COACHES = 12


class CoachedRegions:
    """The regions of coaches at some prices."""

    def __init__(self, market: Market, aim: Aim, gains: Floats, margin: float, rng: Random) -> None:
        """``gains`` (O,) at the prices; options that gain less than a person's best one by more
        than ``margin`` are left out. Coached groups fall in two halves of neighbours, so that
        two regions at work leave each other enough people."""
        self._market, self._aim, self._gains = market, aim, gains
        options = market.options
        best = market.best(gains)
        near = (gains >= best[options.participant] - margin) | options.pinned
        self._considered: Bools = near & market.coached[options.group]
        self._rng, self._half = rng, _half_of(market, self._considered, rng)
        self._other_half = market.coached & ~self._half
        self._is_tied = in_quota(market) | staying(market)[options.participant]

    def region(self, choice: Choice, coaches: Bools, held: Claim) -> Region | None:
        """The program of these coaches' visits (C,) in half of the groups and in their own, with
        everybody who may come; None where they have none to make."""
        market, options = self._market, self._market.options
        visited = np.flatnonzero(choice.taken & (choice.unit >= 0))
        own = visited[coaches[market.unit_coach[choice.unit[visited]]]]
        groups = self._within_reach(coaches) & self._free_half(held)
        groups[options.group[own]] = True
        considered = self._considered & self._reached(coaches)
        considered[own] = True
        considered &= groups[options.group]
        free, aim = self._freed(choice, considered)
        held = held | replace(Claim.of_nothing(market), coaches=~coaches)
        region = Region(market, free, groups, considered, aim, held=held)
        return region if len(region.options) else None

    def _free_half(self, held: Claim) -> Bools:
        """The half of the coached groups (G,) of which others hold less; where none, by chance."""
        first, second = (int((held.groups & half).sum()) for half in (self._half, self._other_half))
        is_first = first < second or (first == second and self._rng.random() < 0.5)
        return self._half if is_first else self._other_half

    def _within_reach(self, coaches: Bools) -> Bools:
        """Groups (G,) that one of them could visit."""
        found = np.zeros(len(self._market.capacity), dtype=bool)
        found[self._market.class_group[self._classes(coaches)]] = True
        return found

    def _reached(self, coaches: Bools) -> Bools:
        """Options (O,) with a visit that one of them could make."""
        klass = self._market.option_class
        found: Bools = np.append(self._classes(coaches), False)[klass]  # no class is -1
        return found

    def _classes(self, coaches: Bools) -> Bools:
        market = self._market
        classes = np.arange(len(market.class_group))
        owner, unit = market.class_units.of_rows(classes)
        found = np.zeros(len(classes), dtype=bool)
        found[owner[coaches[market.unit_coach[unit]]]] = True
        return found

    def _freed(self, choice: Choice, considered: Bools) -> tuple[Choice, Aim]:
        """The choice without the places that people would leave for one of the options, and the
        aim at which these places count for their price."""
        market, options = self._market, self._market.options
        mine, gains = options.participant, self._gains
        outside = ~market.coached[options.group]
        elsewhere = market.best(gains, outside & is_open(market, choice)[options.group])
        num_groups = np.bincount(mine[choice.taken], minlength=len(market.weight))
        wanted = np.zeros(len(market.weight), dtype=bool)
        wanted[mine[considered]] = True
        leaving = np.flatnonzero(
            choice.taken & outside & ~self._is_tied & (wanted & (num_groups == 1))[mine]
        )
        elsewhere[mine[leaving]] = gains[leaving]
        taken = choice.taken.copy()
        taken[leaving] = False
        return Choice(taken, choice.unit), replace(self._aim, elsewhere=elsewhere)

    def chosen(self, region: Region, values: Floats, choice: Choice) -> Choice:
        """The choice with these values; who left a place for the region has left it."""
        found = region.chosen(values, choice)
        mine = self._market.options.participant
        came = np.zeros(len(self._market.weight), dtype=bool)
        came[mine[region.options[found.taken[region.options]]]] = True
        outside = ~self._market.coached[self._market.options.group]
        found.taken[choice.taken & ~region.choice.taken & outside & came[mine]] = False
        return found


def _half_of(market: Market, considered: Bools, rng: Random) -> Bools:
    """Groups (G,) with about half of the options considered (O,), by neighbourhoods."""
    size = np.bincount(market.options.group[considered], minlength=len(market.capacity))
    most = int(size.sum()) // 2
    half = np.zeros(len(size), dtype=bool)
    for groups in neighbourhoods(market, rng, most, counted=considered, is_partition=True):
        if size[half].sum() >= most:
            break
        half |= groups
    return half


def coach_sets(market: Market, rng: Random) -> Iterator[Bools]:
    """Some coaches (C,) at a time, each once, and then again."""
    order = list(range(len(market.caseload)))
    while order:
        rng.shuffle(order)
        for begin in range(0, len(order), COACHES):
            chosen = np.zeros(len(order), dtype=bool)
            chosen[order[begin : begin + COACHES]] = True
            yield chosen
