"""``what-if`` as a command: exit codes, words for people and for machines."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from scheduler.commands import main
from scheduler.problem import Pair
from tests.scheduler.tiny_plan import PROBLEM, changed


def test_what_if_says_who_loses_what(files, capsys):
    assert main(["what-if", *files(PROBLEM), "--force", "p2", "g0"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "p2 in g0 overrides R1: not wished",
        "served 5 -> 6 (+1)",
        "wishes 270 -> 170 (-100)",
        "kept 5 -> 3 (-2)",
        "travel 18 -> 18 (the same)",
        "p0 is worse off: out of g0 (ranks 1, 2 -> 2)",
        "p2 gets a group: into g0 (ranks none -> not wished)",
    ]
    assert main(["what-if", *files(PROBLEM), "--forbid", "p1", "g0", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert [one["kind"] for one in answer["affected"]] == ["loses"]
    assert answer["changes"][0]["least"] == -2


def test_what_cannot_be_exits_3_and_says_why(files, capsys):
    full = replace(changed("groups", "g0", capacity=1), pins=(Pair("p1", "g0"),))
    assert main(["what-if", *files(full), "--force", "p0", "g0"]) == 3
    assert "p0 in g0, p1 in g0. The rules in the way: H1" in capsys.readouterr().out
    pins = replace(PROBLEM, pins=tuple(Pair(f"p{i}", "g1") for i in range(3)))
    assert main(["what-if", *files(pins), "--force", "p0", "g0"]) == 3
    assert "even without the change" in capsys.readouterr().out


def test_a_plan_that_is_not_the_best_is_said_to_be_so(files, capsys):
    away = changed("participants", "p2", wishes=PROBLEM.participants[0].wishes[1:])
    assert main(["what-if", *files(away), "--forbid", "p1", "g1"]) == 0
    told = capsys.readouterr().out
    assert "not the best: 1 people would move anyway" in told
    assert "Nothing changes for anybody." in told


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--force", "p9", "g0", "--forbid", "p0", "g9"], "no participant p9\n"),
        ([], "nothing to force or to forbid"),
    ],
)
def test_what_cannot_be_meant_exits_2(files, options, message, capsys):
    assert main(["what-if", *files(PROBLEM), *options]) == 2
    captured = capsys.readouterr()
    assert message in captured.err
    assert captured.out == ""
