"""Lists of different lengths, flat."""

from __future__ import annotations

import numpy as np

from scheduler.ragged import Ragged


def test_rows_asked_for_come_back_in_that_order_with_all_their_values():
    ragged = Ragged.of([[7, 8], [], [9]])
    owner, values = ragged.of_rows(np.array([2, 1, 0, 2]))
    assert owner.tolist() == [0, 2, 2, 3]
    assert values.tolist() == [9, 7, 8, 9]


def test_no_rows_have_no_values():
    assert [part.tolist() for part in Ragged.of([]).of_rows(np.array([], dtype=np.int64))] == [
        [],
        [],
    ]
