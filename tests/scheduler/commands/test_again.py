"""``again`` as a command: files, exit codes, words for people and for machines."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace

import pytest

from scheduler.commands import main
from scheduler.problem import Pair, Window, Wish
from tests.scheduler.questions.smaller import without_group, without_participant
from tests.scheduler.tiny_plan import PROBLEM, changed

WISHING = changed("participants", "p2", wishes=(Wish(1, group="g0"),))


def test_the_new_solution_passes_the_check_of_the_problem_written_with_it(files, tmp_path, capsys):
    solution, solved = tmp_path / "again.json", tmp_path / "solved.json"
    outputs = ["-o", str(solution), "--problem-output", str(solved)]
    problem = without_participant(WISHING, "p1")
    assert main(["again", *files(problem), *outputs, "--slack", "wishes=0.02", "served=0"]) == 0
    assert main(["check", str(solved), str(solution)]) == 0
    assert json.loads(solved.read_bytes())["policy"]["slack"] == {"wishes": 0.02, "served": 0}
    sha256 = json.loads(solution.read_bytes())["problem"]["sha256"]
    assert sha256 == hashlib.sha256(solved.read_bytes()).hexdigest()
    assert capsys.readouterr().out.splitlines() == [
        "optimal: 1 left the problem, 1 had no group, placed, 1 keep all they had",
        "served 4, proven",
        "wishes 270, proven",
        "kept 3, proven",
        "travel 18, proven",
        "",
        "1. p1: left the problem; out of g0 with c0",
        "     is no longer in the problem",
        "1. p2: had no group, placed; into g0 with c0",
        "     if p2 does not get g0: served 4 -> 3 (-1)",
    ]


def test_machines_read_the_moves_with_their_reasons(files, capsys):
    assert main(["again", *files(without_group(PROBLEM, "g0")), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["status"], answer["num_stay"], answer["conflict"]) == ("optimal", 0, None)
    ((first, second),) = answer["chains"]
    assert (first["participant"], first["kind"], second["kind"]) == ("p0", "moved", "unplaced")
    assert first["lost"] == [{"participant": "p0", "group": "g0", "coach": "c0"}]
    assert [reason["code"] for reason in first["reasons"]] == ["group gone"]
    assert first["reasons"][0]["text"] == "g0 with c0: the group is no longer there"


def test_a_visit_at_another_time_is_told_though_nobody_moves(files, capsys):
    problem = changed("coaches", "c0", availability=(Window(0, 540, 720),))
    arguments = files(problem)
    assert main(["again", *arguments]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[0] == "optimal: 2 keep all they had"
    assert told[-2:] == [
        "visits at another time:",
        "   p0 in g0 with c0: mon 08:00-09:00 -> mon 10:00-11:00",
    ]
    assert main(["again", *arguments, "--json"]) == 0
    (visit,) = json.loads(capsys.readouterr().out)["visits"]
    assert visit["before"] == {"day": "mon", "start": "08:00", "end": "09:00"}


def test_each_kind_of_reason_has_words(files, capsys):
    away = replace(PROBLEM, coaches=(replace(PROBLEM.coaches[0], id="c1"),))
    for problem, words in (
        (changed("participants", "p0", max_travel_minutes=5), "R4: 18 minutes of travel, at most"),
        (changed("participants", "p1", max_groups=0), "if p1 stays in g0: impossible. These pins"),
        (changed("groups", "g0", capacity=1), "5 -> 3 (-2); instead something changes for p1"),
        (away, "in g0 c1 instead of c0"),
        (away, "g0 with c0: the coach is no longer there"),
        (replace(PROBLEM, pins=(Pair("p2", "g1"),)), "g1: is pinned"),
    ):
        assert main(["again", *files(problem)]) == 0
        assert words in capsys.readouterr().out
    wishing = changed("participants", "p2", wishes=(Wish(1, group="g1"),))
    assert main(["again", *files(wishing), "--time-limit", "0"]) == 0
    assert "if p2 does not get g1: not verified" in capsys.readouterr().out


def test_pins_that_cannot_stand_exit_3_and_are_named(files, capsys):
    pins = replace(PROBLEM, pins=tuple(Pair(f"p{i}", "g1") for i in range(3)))
    assert main(["again", *files(pins)]) == 3
    assert "p0 in g1, p1 in g1, p2 in g1. The rules in the way: H1" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--slack", "travel=0.1"], "slack travel"),
        (["-o", "nowhere/solution.json"], "cannot be written there"),
        (["--problem-output", "nowhere/problem.json"], "cannot be written there"),
    ],
)
def test_what_cannot_be_meant_exits_2(files, options, message, capsys):
    assert main(["again", *files(PROBLEM), *options]) == 2
    captured = capsys.readouterr()
    assert message in captured.err
    assert captured.out == ""


def test_a_slack_without_a_number_is_wrong_usage(files, capsys):
    with pytest.raises(SystemExit) as caught:
        main(["again", *files(PROBLEM), "--slack", "wishes"])
    assert caught.value.code == 2
    assert "wishes is not like wishes=0.02" in capsys.readouterr().err


def test_a_file_without_a_plan_is_refused(files, tmp_path, capsys):
    problem, published = files(PROBLEM)
    document = json.loads((tmp_path / "published.json").read_bytes())
    for wrong in (document | {"status": "unknown"}, document | {"status": "fine"}, {}):
        (tmp_path / "published.json").write_text(json.dumps(wrong))
        assert main(["again", problem, published]) == 2
        assert "published.json: " in capsys.readouterr().err
    assert main(["again", problem, str(tmp_path / "none.json")]) == 2
