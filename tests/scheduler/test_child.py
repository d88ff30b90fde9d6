"""A solve in a process of its own: the same answer, stoppable, and its ends told apart."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from scheduler import jsonio
from scheduler.child import (
    SolverFailedError,
    SolverKilledError,
    SolverOutOfMemoryError,
    solve_in_child,
)
from scheduler.params import Params
from scheduler.problem import InvalidProblemError
from scheduler.result import Progress
from tests.scheduler.small_problems import make_problem

SMALL = jsonio.dump_problem(make_problem(1))
GENEVA = (Path(__file__).parent / "instances" / "geneva.json.gz").read_bytes()
ONE = Params(time_limit=None, workers=1)


def children(parent: int | None = None) -> list[int]:
    """Processes that this one (or another) started and that still run."""
    parent = parent or os.getpid()
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
            except FileNotFoundError:
                continue  # ended while we looked
            if int(fields[1]) == parent and fields[0] != "Z":
                found.append(int(entry.name))
    return found


def test_the_solution_document_comes_back_with_progress_on_the_way():
    heard: list[Progress] = []
    document = solve_in_child(SMALL, ONE, on_progress=heard.append)
    assert document["format"] == "croisee-solution/1"
    assert document["status"] == "optimal"
    values = {tier["name"]: tier["value"] for tier in document["tiers"]}
    last = {progress.tier: progress.value for progress in heard}
    assert {name: list(v) if isinstance(v, tuple) else v for name, v in last.items()} == values


def test_asked_to_stop_the_child_gives_the_best_plan_so_far():
    heard: list[Progress] = []
    document = solve_in_child(
        GENEVA, ONE, on_progress=heard.append, should_stop=lambda: bool(heard), grace=60
    )
    assert document["status"] in ("feasible", "optimal")
    assert document["assignments"]
    assert not children()


def test_a_child_that_does_not_stop_in_time_is_killed():
    with pytest.raises(SolverKilledError):
        solve_in_child(GENEVA, ONE, should_stop=lambda: True, grace=0)
    assert not children()


def test_a_child_killed_from_outside_is_told_as_such():
    def kill(_progress: Progress) -> None:
        for pid in children():
            os.kill(pid, signal.SIGKILL)

    with pytest.raises(SolverKilledError, match="SIGKILL"):
        solve_in_child(GENEVA, ONE, on_progress=kill)


@pytest.mark.parametrize("memory_mb", [100, 200])  # too little to load numpy, to load OR-Tools
def test_a_memory_limit_too_low_is_told_as_such(memory_mb):
    with pytest.raises(SolverOutOfMemoryError):
        solve_in_child(SMALL, ONE, memory_mb=memory_mb)


def test_an_invalid_problem_is_refused_with_its_faults():
    with pytest.raises(InvalidProblemError):
        solve_in_child(b"{}", ONE)


def test_a_failing_child_tells_its_error():
    with pytest.raises(SolverFailedError, match="threads"):
        solve_in_child(GENEVA, Params(workers=-1))


def test_an_error_while_telling_progress_leaves_no_child_behind():
    def fail(_progress: Progress) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        solve_in_child(GENEVA, ONE, on_progress=fail)
    assert not children()


def test_the_child_ends_when_its_parent_is_killed(tmp_path: Path):
    (tmp_path / "problem").write_bytes(GENEVA)
    program = (
        "import sys, pathlib; from scheduler.child import solve_in_child; "
        "from scheduler.params import Params; "
        "solve_in_child(pathlib.Path(sys.argv[1]).read_bytes(), Params(None), "
        "on_progress=lambda p: print('on', flush=True))"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", program, tmp_path / "problem"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=Path(__file__).parents[2],
        start_new_session=True,
    )
    assert parent.stdout is not None
    assert parent.stdout.readline() == b"on\n"
    (child,) = children(parent.pid)
    handle = os.pidfd_open(child)
    os.kill(child, signal.SIGSTOP)  # or it would end by itself, writing to nobody
    parent.kill()
    parent.communicate()
    ended, _, _ = select.select([handle], [], [], 10)
    os.close(handle)
    assert ended
