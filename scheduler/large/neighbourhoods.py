"""Which groups are filled anew together: those that compete for the same people."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import numpy as np

from scheduler.large.market import Market
from scheduler.ragged import Bools

OPTIONS = 4_000
NEIGHBOURS = 6  # people of a group through whom others are reached


def neighbourhoods(
    market: Market,
    rng: Random,
    most: int = OPTIONS,
    *,
    counted: Bools | None = None,
    is_partition: bool = False,
) -> Iterator[Bools]:
    """Sets of groups (G,), each of ``most`` options or, by its last group, somewhat more, until
    each group that has any was in one; in a partition, in one only. It has fewer options where
    no neighbours are left. Only those ``counted`` (O,) are options; by default those usable."""
    options = market.options
    counted = market.usable if counted is None else counted
    size = np.bincount(options.group[counted], minlength=len(market.capacity))
    order = np.argsort(options.group, kind="stable")
    begin = np.searchsorted(options.group[order], np.arange(len(size) + 1))
    covered = size == 0
    seeds = np.flatnonzero(~covered).tolist()
    rng.shuffle(seeds)
    for seed in seeds:
        if covered[seed]:
            continue
        chosen = np.zeros(len(size), dtype=bool)
        chosen[seed] = True
        edge, total = [seed], int(size[seed])
        while edge and total < most:
            g = edge.pop(rng.randrange(len(edge)))
            people = options.participant[order[begin[g] : begin[g + 1]]].tolist()
            for p in rng.sample(people, min(len(people), NEIGHBOURS)):
                for h in options.group[market.start[p] : market.start[p + 1]].tolist():
                    is_new = size[h] and not chosen[h] and not (is_partition and covered[h])
                    if is_new and total < most:
                        chosen[h] = True
                        edge.append(h)
                        total += int(size[h])
        covered |= chosen
        yield chosen
