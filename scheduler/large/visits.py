"""All coaches' visits at once; all that is known of the rest is what people are worth there.

The program of every coach, class of people and window is large, and most of it is the choice of
where each window is spent. So that is settled first, by the relaxation of the visits that cost
least at the prices; a second relaxation, at these venues, has every visit, and HiGHS finds a plan
of what it uses.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np

from scheduler.large.claim import Claim
from scheduler.large.clock import Clock
from scheduler.large.flow import in_quota
from scheduler.large.incumbent import PLACE
from scheduler.large.market import Choice, Market
from scheduler.large.prices import Paid
from scheduler.large.region import Aim, Region
from scheduler.large.rounding import USED, relaxed, rounded
from scheduler.matrix import Floats

MARGIN = 0.02 * PLACE  # what may be lost at an option or a visit that is still looked at
NEAR = 5e-3 * PLACE, 1e-3 * PLACE  # the same, of each, while venues are settled
SECONDS, GAP = 5.0, 2e-4  # of HiGHS: regions find the rest sooner
SHARE = 0.3  # of the time left, for each relaxation and the search


def visits_by_prices(
    market: Market, aim: Aim, paid: Paid, forced: Choice, clock: Clock
) -> Choice | None:
    """Who has which visit, beside the options that are ``forced``, which stay as they are.

    Nobody comes under a quota. None where nobody could have one, or none were found in time.
    """
    options, prices = market.options, paid.prices
    gains = prices.gains(paid.at, aim)
    lost = market.best(gains)[options.participant] - gains
    considered = (lost <= MARGIN) & ~in_quota(market)
    held = Claim.of_nothing(market)
    held.people[options.participant[forced.taken]] = True
    aim = replace(aim, elsewhere=market.best(gains, ~market.coached[options.group]))
    region = Region(market, forced, market.coached, considered, aim, held=held)
    if not len(region.options):
        return None
    visit_lost = prices.lost(paid.at, region.visit_class, region.visit_unit)
    upper = region.program.upper
    every = upper[region.n].copy()

    def solved(option_margin: float, visit_margin: float) -> tuple[Floats, Floats] | None:
        upper[region.x] = lost[region.options] <= option_margin
        upper[region.n] = np.where(visit_lost > visit_margin, 0.0, every)
        return relaxed(region, lambda: clock.part(SHARE), clock.stop)

    found = solved(*NEAR)
    if found is not None:
        region.settle_venues(found[0])
        found = solved(MARGIN, MARGIN)
    if found is None:
        return None
    left = partial(clock.at_most, SECONDS, SHARE)
    values = rounded(region, *found, (USED, MARGIN), left, clock.stop, GAP)
    return None if values is None else region.chosen(values)


def with_visits(market: Market, choice: Choice, visits: Choice) -> Choice:
    """The choice with these visits instead of its own; who has a new one has nothing else.

    Groups may be left too small, until everybody is placed anew.
    """
    options, coached = market.options, market.coached[market.options.group]
    came = np.zeros(len(market.weight), dtype=bool)
    came[options.participant[visits.taken & coached & ~market.forced]] = True
    stays = choice.taken & ~coached & ~came[options.participant]
    return Choice(stays | visits.taken & coached, visits.unit)
