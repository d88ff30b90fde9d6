"""``worth``: its words, its JSON, the plan it compares with, and its exit codes."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from scheduler import jsonio
from scheduler.commands import main
from scheduler.problem import Pair
from tests.scheduler.tiny_plan import PROBLEM, changed


@pytest.fixture
def file(tmp_path):
    def write(problem):
        path = tmp_path / f"{len(list(tmp_path.iterdir()))}.json"
        path.write_bytes(jsonio.dump_problem(problem))
        return str(path)

    return write


@pytest.fixture
def solved(tmp_path):
    def solve(path):
        out = str(tmp_path / "solution.json")
        assert main(["solve", path, "-o", out]) == 0
        return out

    return solve


SCARCE = changed("groups", "g0", capacity=0)


def test_each_change_is_a_line_with_what_it_brings_and_who_comes_in(file, capfd):
    assert main(["worth", file(SCARCE)]) == 0
    assert capfd.readouterr().out.splitlines() == [
        "1. 1 place more in group g0 (from 0 to 1): served +2, wishes +100; 1 in: p1",
        "   without limit: 2 places more in group g0 (from 0 to 2): served +2, wishes +200; "
        "1 in: p1",
    ]


def test_a_program_reads_the_change_the_gains_and_the_ids(file, solved, capfd):
    path = file(SCARCE)
    assert main(["worth", path, solved(path), "--json", "--num", "1"]) == 0
    (one,) = json.loads(capfd.readouterr().out)["worth"]
    assert one["change"] == {"kind": "capacity", "group": "g0", "before": 0, "after": 1}
    assert one["gains"] == {
        "served": {"least": 2, "most": 2},
        "wishes": {"least": 100, "most": 100},
    }
    assert (one["newcomers"], one["leavers"], one["is_proven"]) == (["p1"], [], True)
    assert one["unlimited"]["change"]["after"] == 2


def test_where_everybody_has_what_they_wish_nothing_is_worth_anything(file, capfd):
    assert main(["worth", file(PROBLEM)]) == 0
    assert capfd.readouterr().out == "Nothing that was tried is worth anything.\n"


def test_a_solution_for_another_problem_or_a_wrong_one_is_refused(file, solved, capfd):
    path, other = file(SCARCE), file(PROBLEM)
    solution = solved(path)
    assert main(["worth", other, solution]) == 2
    assert "another problem" in capfd.readouterr().err
    document = json.loads(Path(solution).read_bytes())
    document["tiers"][0]["value"] += 1
    Path(solution).write_text(json.dumps(document))
    assert main(["worth", path, solution]) == 2
    assert "the command check says where" in capfd.readouterr().err
    assert main(["worth", path, other]) == 2


def test_pins_that_cannot_stand_exit_3(file, capfd):
    crowded = replace(PROBLEM, pins=tuple(Pair(f"p{i}", "g1") for i in range(3)))
    assert main(["worth", file(crowded)]) == 3
    assert "cannot stand together" in capfd.readouterr().err


def test_of_a_plan_that_is_not_proven_nobody_is_named_as_coming_in(file, solved, capfd):
    path = file(SCARCE)
    solution = Path(solved(path))
    document = json.loads(solution.read_bytes())
    for tier in document["tiers"]:
        tier["bound"], tier["proven"] = tier["value"] + 9 * (tier["name"] != "travel"), False
    document["tiers"][-1]["bound"] = 0
    solution.write_text(json.dumps(document | {"status": "feasible"}))
    assert main(["worth", path, str(solution)]) == 0
    first = capfd.readouterr().out.splitlines()[0]
    assert first.endswith("(from 0 to 1): served +0 to +2, wishes not known")
