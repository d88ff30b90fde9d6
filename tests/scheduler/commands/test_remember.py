"""``remember``: the problem it writes, whom it names, and what it refuses."""

from __future__ import annotations

import json

import pytest

from scheduler import jsonio
from scheduler.commands import main
from tests.scheduler.questions.crowd import crowd, placed
from tests.scheduler.tiny_plan import result_of

PROBLEM = crowd(4, 0, (2, 0))


@pytest.fixture
def files(tmp_path):
    """The problem, the last plan with the first two placed, the one before with the middle two."""
    plans = placed(range(2)), placed(range(1, 3))
    paths = [tmp_path / name for name in ("problem.json", "last.json", "older.json")]
    paths[0].write_bytes(jsonio.dump_problem(PROBLEM))
    for path, plan in zip(paths[1:], plans, strict=True):
        path.write_bytes(jsonio.dump_solution(result_of(PROBLEM, plan), PROBLEM, "00"))
    return [str(path) for path in paths]


def test_who_was_left_out_weighs_more_and_is_named(files, tmp_path, capsys):
    output = tmp_path / "next.json"
    assert main(["remember", *files, "-o", str(output), "--extra", "2"]) == 0
    problem = jsonio.read(output.read_bytes())
    assert [person.weight for person in problem.participants] == [1, 1, 3, 4]
    assert problem.name == "tiny (left out before weigh more: 2 a period, at most 3)"
    lines = capsys.readouterr().out.splitlines()
    assert lines == [
        "2 without a group in the last plan, 2 of them weigh more now:",
        "  p002: 1 -> 3, left out in 1 of 2 plans",
        "  p003: 1 -> 4, left out in 2 of 2 plans",
    ]


def test_json_names_them_to_programs(files, tmp_path, capsys):
    assert main(["remember", *files[:2], "-o", str(tmp_path / "next.json"), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert [(row["participant"], row["after"]) for row in answer["raises"]] == [
        ("p002", 2),
        ("p003", 2),
    ]


def test_who_is_no_longer_there_is_counted(files, tmp_path, capsys):
    (tmp_path / "problem.json").write_bytes(jsonio.dump_problem(crowd(3, 0, (2, 0))))
    assert main(["remember", *files, "-o", str(tmp_path / "next.json")]) == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("1 of them are not in")


def test_nobody_is_raised_twice(files, tmp_path, capsys):
    output = str(tmp_path / "next.json")
    assert main(["remember", *files, "-o", output]) == 0
    assert main(["remember", output, files[1], "-o", str(tmp_path / "third.json")]) == 2
    assert "raised already" in capsys.readouterr().err
    assert not (tmp_path / "third.json").exists()


def test_a_solution_without_a_plan_is_refused(files, tmp_path, capsys):
    document = json.loads((tmp_path / "last.json").read_text())
    (tmp_path / "last.json").write_text(json.dumps(document | {"status": "unknown"}))
    assert main(["remember", *files, "-o", str(tmp_path / "next.json")]) == 2
    assert "holds no plan" in capsys.readouterr().err


def test_the_new_problem_needs_a_file(files, tmp_path, capsys):
    assert main(["remember", *files, "-o", "-"]) == 2
    assert main(["remember", *files, "-o", str(tmp_path / "none" / "next.json")]) == 2
