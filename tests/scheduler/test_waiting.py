"""Waiting for engines: they are heard when they end, and left when they cannot be halted."""

from __future__ import annotations

from threading import Event

import pytest

from scheduler.waiting import unless_stopped


def test_work_that_cannot_be_halted_is_left_once_a_stop_is_asked_for():
    released = Event()
    asked = iter([False, False, True])
    try:
        assert unless_stopped(released.wait, lambda: next(asked)) is None
    finally:
        released.set()


def test_no_work_is_begun_after_a_stop():
    assert unless_stopped(lambda: 1 // 0, lambda: True) is None


def test_work_that_ends_gives_what_it_found_and_what_went_wrong():
    assert unless_stopped(lambda: 7, lambda: False) == 7
    with pytest.raises(ZeroDivisionError):
        unless_stopped(lambda: 1 // 0, lambda: False)
