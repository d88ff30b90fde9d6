"""Each way to make a problem harder gives a problem that can be read and solved."""

from __future__ import annotations

import pytest

from scheduler import jsonio
from scheduler.solve import in_order
from tests.bench.harder import HARDER
from tests.bench.sections import Asked, harder
from tests.bench.test_report import saved
from tests.scheduler.questions.crowd import crowd
from tests.scheduler.small_problems import make_problem

CHANGING = [how for how in HARDER if how != "as it is"]


@pytest.mark.parametrize("how", HARDER)
def test_a_harder_problem_comes_back_from_a_file(how: str) -> None:
    for seed in range(40):
        problem = in_order(HARDER[how](make_problem(seed)))
        assert jsonio.read(jsonio.dump_problem(problem)) == problem


@pytest.mark.parametrize("how", CHANGING)
def test_each_way_changes_some_problem(how: str) -> None:
    problems = [make_problem(seed) for seed in range(40)]
    assert any(HARDER[how](problem) != problem for problem in problems)


def test_one_thing_harder_is_a_row_with_a_plan(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(harder, "HARDER", ("as it is", "two groups each"))
    saved(tmp_path, crowd=crowd(12, 5, (5, 3)))
    found = harder.measure(Asked(tmp_path, instances=("crowd",), time_limit=5.0))
    rows = [line for line in found.markdown.splitlines() if line.startswith("| ")][2:]
    assert len(rows) == 2
    assert all("optimal" in row for row in rows)
