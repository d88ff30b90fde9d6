"""Rates among few people, against published values and against counting every case."""

from __future__ import annotations

from itertools import combinations

import pytest

from scheduler.questions.proportions import chance_of_so_few, holm, wilson


@pytest.mark.parametrize(
    ("count", "number", "low", "high"),
    [  # R. G. Newcombe, Statistics in Medicine 17 (1998), 857-872, table I, method 3
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_the_interval_is_the_published_one(count, number, low, high):
    assert wilson(count, number) == pytest.approx((low, high), abs=5e-5)


def test_the_interval_of_all_mirrors_that_of_none():
    low, high = wilson(0, 7)
    assert wilson(7, 7) == pytest.approx((1 - high, 1 - low))


@pytest.mark.parametrize(("size", "served", "number"), [(3, 4, 8), (5, 4, 8), (6, 7, 8), (4, 0, 8)])
def test_the_chance_is_the_share_of_all_ways_to_deal_the_places(size, served, number):
    ways = [sum(p < size for p in places) for places in combinations(range(number), served)]
    for here in range(max(0, size + served - number), min(size, served) + 1):
        share = sum(found <= here for found in ways) / len(ways)
        assert chance_of_so_few(here, size, served, number) == pytest.approx(share)


def test_the_lady_who_tasted_tea():
    assert chance_of_so_few(1, 4, 4, 8) == pytest.approx(17 / 70)


def test_the_chance_of_a_whole_region_is_found_at_once():
    assert 0 < chance_of_so_few(2900, 4000, 30_000, 40_000) < 1e-3


def test_holm_asks_more_of_the_first_than_of_the_next():
    assert holm([0.04, 0.01, 0.02]) == [True, True, True]
    assert holm([0.04, 0.017, 0.02]) == [False, False, False]
    assert holm([0.06, 0.01, 0.02]) == [False, True, True]
    assert holm([]) == []
