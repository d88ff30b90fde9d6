"""Few people stay hidden from a reader who adds and subtracts all that is told."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.questions.masking import bands, hidden, told_together

LEAST = 3


@pytest.mark.parametrize(
    ("sizes", "parts"),
    [
        ({"a": 9, "b": 7}, [("a",), ("b",)]),
        ({"a": 9, "b": 4, "c": 7}, [("b", "c"), ("a",)]),
        ({"a": 9, "b": 4, "c": 3, "d": 6}, [("c", "b"), ("d",), ("a",)]),
        ({"a": 9, "b": 1, "c": 2, "d": 6}, [("b", "c", "d"), ("a",)]),
        ({"a": 200, "b": 3}, [("b", "a")]),
        ({"a": 3}, [("a",)]),
        ({"a": 5}, [("a",)]),
        ({}, []),
    ],
)
def test_a_small_part_is_told_with_others(sizes, parts):
    found = told_together(sizes, 5)
    assert sorted(found) == sorted(parts)


@pytest.mark.parametrize(
    ("totals", "told"),
    [
        ([9, 8, 7], [[9], [8], [7]]),
        ([9, 8, 0, 7], [[9], [8], [0], [7]]),
        ([9, 2, 1, 7], [[9, 2, 1], [7]]),
        ([9, 8, 3], [[9], [8, 3]]),
        ([9, 0, 3], [[9, 0, 3]]),
        ([3, 0, 8], [[3, 0, 8]]),
        ([1, 1, 1], [[1, 1, 1]]),
        ([0, 0], [[0], [0]]),
    ],
)
def test_an_outcome_of_few_people_is_told_with_its_neighbours(totals, told):
    assert [[totals[i] for i in band] for band in bands(totals, 5)] == told


def tables() -> st.SearchStrategy[list[list[int]]]:
    """Tables as they come: each row and column has nobody or enough people in all."""
    rows = st.lists(st.integers(0, 4), min_size=3, max_size=3)
    return st.lists(rows, min_size=1, max_size=3).filter(
        lambda table: not any(0 < sum(line) < LEAST for line in (*table, *zip(*table, strict=True)))
    )


def fillings(rows: list[int], columns: list[int]):
    """All tables of whole numbers with these sums."""
    if not rows:
        if not any(columns):
            yield ()
        return
    for row in itertools.product(*(range(most + 1) for most in columns)):
        if sum(row) == rows[0]:
            rest = [most - count for most, count in zip(columns, row, strict=True)]
            yield from ((row, *others) for others in fillings(rows[1:], rest))


@settings(max_examples=150, deadline=None)
@given(table=tables())
def test_as_far_as_a_reader_can_tell_a_hidden_count_may_be_that_of_enough_people(table):
    rows, columns = hidden(table, LEAST)
    few = [(r, c) for r, row in enumerate(table) for c, n in enumerate(row) if 0 < n < LEAST]
    assert all(r in rows and c in columns for r, c in few)
    where_rows, where_columns = sorted(rows), sorted(columns)
    possible = list(
        fillings(
            [sum(table[r][c] for c in where_columns) for r in where_rows],
            [sum(table[r][c] for r in where_rows) for c in where_columns],
        )
    )
    for r, c in few:
        i, j = where_rows.index(r), where_columns.index(c)
        assert max(filling[i][j] for filling in possible) >= LEAST


def test_nothing_is_hidden_where_nobody_is_few():
    assert hidden([[9, 0], [5, 7]], 5) == (set(), set())


def test_the_last_column_is_hidden_only_when_the_others_are_not_enough():
    assert hidden([[30, 3, 9, 8], [30, 4, 9, 8]], 5) == ({0, 1}, {1, 2})
    assert hidden([[1, 3, 0, 8], [5, 6, 0, 8]], 5)[1] == {0, 1, 3}


def test_fewer_people_than_enough_are_hidden_whole():
    assert hidden([[3]], 5) == ({0}, {0})
