"""A first good choice: region after region from nothing, at prices; or the whole at once."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from random import Random

import numpy as np

from scheduler.greedy import greedy
from scheduler.large.clock import Clock
from scheduler.large.incumbent import MARGIN, PLACE
from scheduler.large.market import Choice, Market
from scheduler.large.neighbourhoods import neighbourhoods
from scheduler.large.prices import Paid
from scheduler.large.region import Aim, Region
from scheduler.large.rounding import USED, relaxed, rounded

PRICED_MARGINS, PRICED_GAP = (0.03 * PLACE, USED), 1e-3  # people are placed anew afterwards
SECONDS, SECONDS_WHOLE = 5.0, 20.0  # of HiGHS
MARGINS_WHOLE = 0.02 * PLACE, MARGIN  # the other where HiGHS finds no plan with the first
SHARE = 0.5  # of the time left, for each relaxation and search of the whole
WHOLE_GAP = 2e-3  # what HiGHS would find later, regions find sooner


def whole(market: Market, aim: Aim, clock: Clock) -> Choice | None:
    """The whole at once, from nothing, near its relaxation; None where time is up.

    Where coaches are is settled first: that costs little, and without it HiGHS finds little.
    Pins may then be left without a plan: None there too.
    """
    everything = np.ones(len(market.capacity), dtype=bool)
    considered = np.ones(len(market.options), dtype=bool)
    region = Region(market, market.empty(), everything, considered, aim)
    found = relaxed(region, lambda: clock.part(SHARE), clock.stop)
    if found is not None:
        region.settle_venues(found[0])
        found = relaxed(region, lambda: clock.part(SHARE), clock.stop)
    if found is None:
        return None
    left = partial(clock.at_most, SECONDS_WHOLE, SHARE)
    values = rounded(region, *found, MARGINS_WHOLE, left, clock.stop, WHOLE_GAP)
    return None if values is None else region.chosen(values)


def by_prices(
    market: Market,
    aim: Aim,
    paid: Paid,
    begun: Choice,
    clock: Clock,
    rng: Random,
    *,
    has_visits: bool,
) -> Choice | None:
    """Region after region from what is ``begun``; prices tell what people find in those to come.

    Without visits coached groups stay as if to come, but for what is left. None where a pin would
    be left without its group.
    """
    options = market.options
    gains = paid.prices.gains(paid.at, aim)
    best = market.best(gains)
    considered = (gains >= best[options.participant] - MARGIN) | options.pinned
    filled = market.usable if has_visits else market.usable & (market.option_class < 0)
    left = partial(clock.at_most, SECONDS)
    choice, to_come = begun, np.ones(len(market.capacity), dtype=bool)
    for groups in neighbourhoods(market, rng, counted=filled, is_partition=True):
        to_come &= ~groups
        if clock.is_over():
            break
        elsewhere = market.best(gains, considered & to_come[options.group])
        region = Region(market, choice, groups, considered, replace(aim, elsewhere=elsewhere))
        found = relaxed(region, clock.left, clock.stop)
        values = None
        if found is not None:
            values = rounded(region, *found, PRICED_MARGINS, left, clock.stop, PRICED_GAP)
        if values is not None:
            choice = region.chosen(values)
        elif clock.is_over():
            break
        elif options.pinned[groups[options.group]].any():
            return None
    # What time did not reach, and what became free, is worked through as a list.
    plan = market.plan_of(choice)
    listed = greedy(market.problem, plan, options=options, clashing=market.clashing)
    return None if listed is None else market.choice_of(listed)
