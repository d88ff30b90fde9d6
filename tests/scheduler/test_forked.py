"""Work in two processes: in order, whatever becomes of the second, and never longer than asked."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from scheduler.forked import in_two
from tests.scheduler.test_child import children

ITEMS = list(range(7))


@pytest.mark.parametrize("num", range(4))
def test_both_halves_come_back_in_order(num):
    assert in_two(lambda items: [10 * item for item in items], ITEMS[:num]) == [0, 10, 20][:num]


def test_the_halves_are_worked_at_in_two_processes():
    assert len(set(in_two(lambda _items: [os.getpid()], ITEMS))) == 2


def test_a_half_whose_process_is_killed_is_done_all_the_same():
    here = os.getpid()

    def work(items):
        if os.getpid() != here:
            os.kill(os.getpid(), signal.SIGKILL)
        return items

    assert in_two(work, ITEMS) == ITEMS


def is_asleep(process: int) -> bool:
    return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] == "S"


def test_a_half_whose_process_is_killed_while_it_answers_is_done_all_the_same():
    here, long = os.getpid(), "x" * 10**6

    def work(items):
        if os.getpid() == here and 0 in items:
            (fork,) = children()
            while not is_asleep(fork):  # in the middle of an answer that no pipe can hold
                os.sched_yield()
            os.kill(fork, signal.SIGKILL)
        return [long for _ in items]

    assert in_two(work, ITEMS) == [long] * len(ITEMS)


def test_without_a_process_to_be_had_all_is_done_here(monkeypatch):
    def fork():
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(os, "fork", fork)
    assert in_two(list, ITEMS) == ITEMS


def test_a_fault_of_the_work_is_raised_and_no_process_left():
    def work(items):
        if 0 in items:
            raise ZeroDivisionError
        signal.pause()

    with pytest.raises(ZeroDivisionError):
        in_two(work, ITEMS)
    assert children() == []


def test_the_second_process_ends_when_the_first_is_killed():
    code = (
        "import os, signal\n"
        "from scheduler.forked import in_two\n"
        "in_two(lambda items: (os.write(1, b'on\\n'), signal.pause()), [0, 1])\n"
    )
    root = Path(__file__).parents[2]
    with subprocess.Popen([sys.executable, "-c", code], cwd=root, stdout=subprocess.PIPE) as first:
        assert first.stdout is not None
        heard = [first.stdout.readline() for _ in range(2)]
        first.kill()
        # At the end of the file nobody has its standard output any more.
        assert first.communicate(timeout=20) == (b"", None)
    assert heard == [b"on\n", b"on\n"]
