"""Which groups are worked at together."""

from __future__ import annotations

import numpy as np
import pytest

from scheduler.large.neighbourhoods import neighbourhoods
from tests.scheduler.large.markets import SEEDS, chance, market_of, problem_of


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("most", [1, 4, 1000])
def test_each_group_with_an_option_counted_is_in_one_part_of_a_partition(
    seed: int, most: int
) -> None:
    market = market_of(problem_of(seed))
    rng = chance(seed)
    counted = market.usable & np.array([rng.random() < 0.5 for _ in market.usable], dtype=bool)
    parts = list(neighbourhoods(market, rng, most, counted=counted, is_partition=True))
    size = np.bincount(market.options.group[counted], minlength=len(market.capacity))
    assert np.sum([np.zeros(len(size)), *parts], axis=0).tolist() == (size > 0).tolist()
    for part in parts:
        # By its last group it may have more than asked for.
        assert size[part].sum() < most + size[part].max()
