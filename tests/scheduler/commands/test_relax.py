"""``relax``: its words, its JSON and its exit codes."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from scheduler import jsonio
from scheduler.commands import main
from scheduler.problem import Pair
from tests.scheduler.tiny_plan import PROBLEM


@pytest.fixture
def relax(tmp_path, capfd):
    def run(problem, *arguments):
        path = tmp_path / "problem.json"
        path.write_bytes(jsonio.dump_problem(problem))
        code = main(["relax", str(path), *arguments])
        return code, capfd.readouterr().out

    return run


CROWDED = replace(PROBLEM, pins=tuple(Pair(f"p{i}", "g1") for i in range(3)))


def test_pins_that_can_stand_need_nothing(relax):
    assert relax(PROBLEM) == (0, "Nothing needs relaxing: the pins can stand.\n")
    code, out = relax(PROBLEM, "--json")
    assert (code, json.loads(out)) == (
        0,
        {"status": "feasible", "is_smallest": True, "changes": []},
    )


def test_pins_that_cannot_stand_exit_3_with_what_would_let_them(relax):
    code, out = relax(CROWDED)
    assert code == 3
    assert "- 1 place more in group g1 (from 2 to 3)\n" in out
    assert out.endswith("Nothing smaller would do.\n")


def test_a_program_reads_which_limit_goes_from_what_to_what(relax):
    code, out = relax(CROWDED, "--json")
    answer = json.loads(out)
    assert (code, answer["status"], answer["is_smallest"]) == (3, "infeasible", True)
    assert answer["changes"] == [
        {
            "kind": "capacity",
            "group": "g1",
            "before": 2,
            "after": 3,
            "text": "1 place more in group g1 (from 2 to 3)",
        }
    ]


def test_out_of_time_is_neither_feasible_nor_infeasible(relax):
    code, out = relax(CROWDED, "--time-limit", "0")
    assert code == 4
    assert "not enough time to know whether the pins can stand" in out
    assert "not enough time to know whether something smaller would do" in out


def test_an_id_cannot_break_the_line(relax):
    problem = replace(
        PROBLEM,
        groups=tuple(replace(g, id=g.id.replace("1", "\n")) for g in PROBLEM.groups),
        participants=tuple(
            replace(p, wishes=tuple(w for w in p.wishes if w.group is None))
            for p in PROBLEM.participants
        ),
    )
    pins = tuple(Pair(f"p{i}", "g\n") for i in range(3))
    assert r"more in group g\n (from 2 to 3)" in relax(replace(problem, pins=pins))[1]
