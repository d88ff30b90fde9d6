"""The repeatable profile: the same answer, byte for byte, wherever and in whatever order."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from scheduler import jsonio
from scheduler.commands import main
from scheduler.params import Params
from scheduler.solve import solve
from tests.scheduler.small_problems import make_problem
from tests.scheduler.test_solve import shuffled

REASONS = ("--reasons", "none")  # which name a quota by its place in the file
GENEVA = Path(__file__).parent / "instances" / "geneva.json.gz"


def answer_of_a_process(path: Path) -> bytes:
    command = [sys.executable, "-m", "scheduler", "solve", str(path), "--repeatable", *REASONS]
    return subprocess.run(command, capture_output=True, check=True, timeout=120).stdout


def without_the_file(answer: bytes) -> object:
    """The answer but for the hash of the bytes that were read."""
    document = json.loads(answer)
    del document["problem"]
    return document


@pytest.mark.slow
def test_two_processes_give_the_same_bytes_and_so_does_a_shuffled_file(tmp_path: Path) -> None:
    first = answer_of_a_process(GENEVA)
    assert answer_of_a_process(GENEVA) == first
    mixed = tmp_path / "mixed.json"
    mixed.write_bytes(jsonio.dump_problem(shuffled(jsonio.read(GENEVA.read_bytes()), 5)))
    assert without_the_file(answer_of_a_process(mixed)) == without_the_file(first)


@pytest.mark.parametrize("seed", range(20))
def test_the_order_of_a_file_changes_nothing(seed: int) -> None:
    problem = make_problem(seed)
    params = Params(seed=seed, reasons="none", is_repeatable=True)
    assert solve(shuffled(problem, seed), params) == solve(problem, params)


def test_the_clock_is_not_in_a_repeatable_answer() -> None:
    result = solve(make_problem(1), Params(is_repeatable=True, workers=2, time_limit=60.0))
    assert result.run["seconds"] is None
    assert result.run["workers"] == 1


def test_a_time_limit_is_refused_where_the_answer_shall_be_repeatable(capsys) -> None:
    assert main(["solve", str(GENEVA), "--repeatable", "--time-limit", "5"]) == 2
    assert "--repeatable" in capsys.readouterr().err
