"""``places``: what is printed, and what is refused."""

from __future__ import annotations

import json

import pytest

from scheduler import jsonio
from scheduler.commands import main
from scheduler.problem import Wish
from tests.scheduler.tiny_plan import ASSIGNMENTS, changed, result_of

PROBLEM = changed("participants", "p2", wishes=(Wish(2, measure="garden"), Wish(1, group="g0")))


@pytest.fixture
def files(tmp_path):
    problem, solution = tmp_path / "problem.json", tmp_path / "solution.json"
    problem.write_bytes(jsonio.dump_problem(PROBLEM))
    solution.write_bytes(jsonio.dump_solution(result_of(PROBLEM), PROBLEM, "any"))
    return [str(problem), str(solution)]


def test_places_are_told_to_people_and_to_machines(files, capsys):
    assert main(["places", *files, "p2"]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[0].startswith("g1: rank 2, utility 70, 0 min of travel; served +1, wishes +70")
    assert told[0].endswith("touches nobody")
    assert told[1:] == ["  p2: - -> g1 (rank 2), +0 min of travel", "closed by H1, H8, H9: g0"]
    assert main(["places", *files, "p2", "--json", "--num", "1"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert [place["group"] for place in answer["places"]] == ["g1"]
    assert answer["places"][0]["moves"][0]["after"]["rank"] == 2
    assert [closed["group"] for closed in answer["closed"]] == ["g0"]


def test_an_unknown_participant_exits_2(files, capsys):
    assert main(["places", *files, "p9"]) == 2
    assert "no participant p9" in capsys.readouterr().err


def test_a_plan_that_breaks_a_rule_is_refused_with_all_it_breaks(files, tmp_path, capsys):
    broken = (*ASSIGNMENTS[:2], ASSIGNMENTS[2].__class__("p1", "g0", 1))
    (tmp_path / "solution.json").write_bytes(
        jsonio.dump_solution(result_of(PROBLEM, broken), PROBLEM, "any")
    )
    assert main(["places", *files, "p2"]) == 2
    assert "H7: participant p1" in capsys.readouterr().err
