"""A command in a process of its own: its three kinds of trouble, and what it took."""

from __future__ import annotations

from tests.bench.children import FAILED, OUT_OF_MEMORY, OUT_OF_TIME, run

PLENTY = 1 << 40
BUSY = "for _ in range(10**12): pass"


def python(code: str, *, seconds: float = 60.0, memory: int = PLENTY):
    return run("timeit", "-n", 1, "-r", 1, code, seconds=seconds, memory=memory)


def test_a_command_that_ends_well_has_its_time_and_memory_counted():
    done = python("held = b'x' * 100_000_000; sum(range(20_000_000))")
    assert done.trouble is None
    assert done.code == 0
    assert 100e6 < done.peak < 400e6
    assert done.cpu > 0
    assert 0 < done.wall < 60


def test_a_small_command_does_not_count_the_memory_of_its_parent():
    held = bytes(1) * 400_000_000
    assert python("sum(range(20_000_000))").peak < 100e6
    assert held


def test_memory_counts_for_all_processes_of_a_command():
    one = "import sys; held = b'x' * 150_000_000; sys.stdin.read()"
    code = f"""
from subprocess import PIPE, Popen
from sys import executable
children = [Popen([executable, '-c', {one!r}], stdin=PIPE) for _ in range(2)]
for child in children: child.wait()
"""
    done = python(code, memory=300_000_000)  # they hold it until they are ended
    assert done.trouble == OUT_OF_MEMORY
    assert done.peak > 300e6


def test_a_command_is_ended_when_its_time_is_over():
    done = python(BUSY, seconds=0.3)
    assert done.trouble == OUT_OF_TIME
    assert done.wall < 5


def test_a_command_is_ended_when_it_holds_too_much_memory():
    done = python(f"a = b'x' * 300_000_000\n{BUSY}", memory=200_000_000)
    assert done.trouble == OUT_OF_MEMORY
    assert done.wall < 30


def test_a_command_that_is_given_no_more_memory_is_out_of_memory():
    assert python("raise MemoryError").trouble == OUT_OF_MEMORY


def test_a_command_that_fails_says_why():
    done = python("raise ValueError('no such thing')")
    assert done.trouble == FAILED
    assert done.said == "ValueError: no such thing"


def test_an_exit_code_may_be_an_answer():
    asked = ("scheduler", "check", "-", "-")  # refused: 2
    assert run(*asked, seconds=60, memory=PLENTY, good=(0, 2)).trouble is None
    assert run(*asked, seconds=60, memory=PLENTY).trouble == FAILED
