"""A problem as it is now and the plan published before, as files."""

from __future__ import annotations

import pytest

from scheduler import jsonio
from tests.scheduler.tiny_plan import PROBLEM, result_of


@pytest.fixture
def files(tmp_path):
    """Writes a problem, and the published plan of the whole one; the two as arguments."""

    def written(problem):
        now, published = tmp_path / "now.json", tmp_path / "published.json"
        now.write_bytes(jsonio.dump_problem(problem))
        published.write_bytes(jsonio.dump_solution(result_of(), PROBLEM, "0" * 64))
        return [str(now), str(published)]

    return written
