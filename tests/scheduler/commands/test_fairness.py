"""``fairness``: what it prints, for people and for programs, and what it refuses."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from scheduler import jsonio
from scheduler.commands import main
from scheduler.params import Params
from scheduler.solve import solve
from tests.scheduler.questions.crowd import crowd, placed
from tests.scheduler.tiny_plan import result_of

PROBLEM = crowd(40, 20, (20, 0))


@pytest.fixture
def files(tmp_path):
    paths = tmp_path / "problem.json", tmp_path / "solution.json"
    paths[0].write_bytes(jsonio.dump_problem(PROBLEM))
    result = result_of(PROBLEM, placed(range(15, 35)))
    paths[1].write_bytes(jsonio.dump_solution(result, PROBLEM, "00"))
    return [str(path) for path in paths]


def test_a_low_part_is_named_and_no_id_is(files, capsys):
    assert main(["fairness", *files, "--by", "tag:tag"]) == 0
    told = capsys.readouterr().out
    assert "below the whole by more than chance explains: with tag\n" in told
    assert "25.0%" in told
    assert "p0" not in told


def test_json_tells_the_same_to_programs(files, capsys):
    assert main(["fairness", *files, "--by", "tags", "--json", "--mask", "2"]) == 0
    answer = json.loads(capsys.readouterr().out)
    parts = answer["divisions"][0]["parts"]
    assert [(part["labels"], part["served"], part["is_low"]) for part in parts] == [
        (["with tag"], 5, True),
        (["without tag"], 15, False),
    ]


def test_what_is_masked_is_not_printed(files, tmp_path, capsys):
    labels = tmp_path / "labels.json"
    labels.write_text(json.dumps({f"p{i:03}": "a" if i < 12 else "b" for i in range(40)}))
    result = result_of(PROBLEM, placed(range(10, 30)))
    (tmp_path / "solution.json").write_bytes(jsonio.dump_solution(result, PROBLEM, "00"))
    assert main(["fairness", *files, "--by", f"file:{labels}"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[:4] for line in lines if line[:2] in ("a ", "b ")] == [
        ["a", "12", "-", "-"],
        ["b", "28", "-", "-"],
    ]


def test_orders_tell_numbers_to_people_and_ids_to_programs(tmp_path, capsys):
    problem = crowd(5, 0, (2, 0))
    paths = tmp_path / "problem.json", tmp_path / "solution.json"
    paths[0].write_bytes(jsonio.dump_problem(problem))
    result = solve(problem, Params(workers=1))
    paths[1].write_bytes(jsonio.dump_solution(result, problem, "00"))
    question = ["fairness", *map(str, paths), "--by", "wishes", "--orders", "6", "--workers", "1"]
    assert main(question) == 0
    told = capsys.readouterr().out
    assert "6 orders solved, 6 of the plans equally good and none better" in told
    assert "p0" not in told
    assert main([*question, "--json"]) == 0
    orders = json.loads(capsys.readouterr().out)["orders"]
    assert sum(orders["times"].values()) == 6 * 2
    assert set(orders["times"]) == {person.id for person in problem.participants}
    always, never = orders["spread"][6], orders["spread"][0]
    assert f"placed in all of these: {always}, in none: {never}" in told


@pytest.mark.parametrize(
    ("by", "word"),
    [("colour", "expected one of"), ("tag:none", "nobody has it"), ("file:none.json", "none.json")],
)
def test_what_nobody_can_be_divided_by_is_refused(files, by, word, capsys):
    assert main(["fairness", *files, "--by", by]) == 2
    assert word in capsys.readouterr().err


def test_labels_that_are_none_are_refused_with_their_path(files, tmp_path, capsys):
    labels = tmp_path / "labels.json"
    labels.write_text('{"p000": 3, "p001": "north", "p002": null}')
    assert main(["fairness", *files, "--by", f"file:{labels}"]) == 2
    told = capsys.readouterr().err
    assert "$.p000: expected a text" in told
    assert "$.p002: expected a text" in told


def test_the_plan_of_another_problem_is_refused(files, tmp_path, capsys):
    (tmp_path / "problem.json").write_bytes(jsonio.dump_problem(crowd(10, 2, (5, 0))))
    assert main(["fairness", *files, "--by", "tags"]) == 2
    assert "no plan of this problem" in capsys.readouterr().err


def test_without_orders_no_solver_is_loaded(files):
    program = (
        "import sys; from scheduler.commands import main;"
        "code = main(sys.argv[1:]); assert 'ortools' not in sys.modules; sys.exit(code)"
    )
    arguments = [sys.executable, "-c", program, "fairness", *files, "--by", "tags"]
    done = subprocess.run(arguments, capture_output=True)
    assert (done.returncode, done.stderr) == (0, b"")
