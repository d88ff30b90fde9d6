"""The commands: their exit codes, what they print where, and never a traceback."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from dataclasses import replace

import pytest

from scheduler import jsonio
from scheduler.commands import main
from scheduler.problem import Pair, Wish
from tests.scheduler.tiny_plan import PROBLEM, changed


@pytest.fixture
def problem_file(tmp_path):
    path = tmp_path / "problem.json"
    path.write_bytes(jsonio.dump_problem(PROBLEM))
    return path


@pytest.fixture
def solution_file(tmp_path, problem_file):
    path = tmp_path / "solution.json"
    assert main(["solve", str(problem_file), "-o", str(path)]) == 0
    return path


def test_solve_then_check_finds_nothing_wrong(problem_file, solution_file, capsys):
    assert main(["check", str(problem_file), str(solution_file)]) == 0
    assert capsys.readouterr().out == ""
    document = json.loads(solution_file.read_bytes())
    assert document["format"] == "croisee-solution/1"
    assert document["status"] == "optimal"


def test_the_solution_names_the_uncompressed_bytes_of_its_problem(tmp_path, solution_file):
    packed = tmp_path / "problem.json.gz"
    packed.write_bytes(gzip.compress(jsonio.dump_problem(PROBLEM)))
    assert main(["check", str(packed), str(solution_file)]) == 0
    other = tmp_path / "other.json"
    other.write_bytes(jsonio.dump_problem(PROBLEM) + b"\n")
    assert main(["check", str(other), str(solution_file)]) == 1


def test_check_prints_one_violation_a_line_and_exits_1(problem_file, solution_file, capsys):
    document = json.loads(solution_file.read_bytes())
    document["assignments"][0]["rank"] = 7
    document["tiers"][0]["value"] += 1
    solution_file.write_text(json.dumps(document))
    assert main(["check", str(problem_file), str(solution_file)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in lines] == ["rank", "tier"]


def test_an_id_cannot_break_the_line(problem_file, solution_file, capsys):
    document = json.loads(solution_file.read_bytes())
    document["assignments"].append({"participant": "p\n9\x1b", "group": "g0"})
    solution_file.write_text(json.dumps(document))
    assert main(["check", str(problem_file), str(solution_file)]) == 1
    assert len(capsys.readouterr().out.splitlines()) == 1


@pytest.mark.parametrize(
    ("where", "value"),
    [
        ("status", "perfect"),
        ("assignments", {}),
        ("assignments", [{"participant": "p0"}]),
        ("assignments", [{"participant": "p0", "group": "g0", "visit": {"day": "mon"}}]),
        ("tiers", [{"name": "served", "value": "5", "proven": 1}]),
        ("unplaced", [{"participant": "p2", "wishes": [{"rank": 1, "groups": [{}]}]}]),
        ("unplaced", [3]),
        ("conflict", []),
        ("run", None),
        ("problem", {}),
    ],
)
def test_a_malformed_part_of_a_solution_is_a_violation(
    problem_file, solution_file, where, value, capsys
):
    document = json.loads(solution_file.read_bytes()) | {where: value}
    solution_file.write_text(json.dumps(document))
    assert main(["check", str(problem_file), str(solution_file)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines
    assert all(line.startswith(f"format: $.{where}") for line in lines)


@pytest.mark.parametrize("data", [b"", b"[]", b"{", b"\xff", b'{"format": "croisee-problem/1"}'])
def test_what_is_no_solution_at_all_exits_2(problem_file, tmp_path, data, capsys):
    path = tmp_path / "solution.json"
    path.write_bytes(data)
    assert main(["check", str(problem_file), str(path)]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "solution.json" in captured.err


@pytest.mark.parametrize("command", ["solve", "check"])
def test_an_invalid_problem_exits_2_with_all_faults(tmp_path, command, capsys):
    path = tmp_path / "problem.json"
    path.write_text('{"format": "croisee-problem/1", "name": 3, "horizon": {}, "x": NaN}')
    rest = [str(path)] if command == "check" else []
    assert main([command, str(path), *rest]) == 2
    errors = capsys.readouterr().err
    for place in ("$.name", "$.horizon.start", "$.horizon.timezone", "$.x"):
        assert place in errors


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["improve"],
        ["solve"],
        ["check", "one.json"],
        ["solve", "p.json", "--reasons", "some"],
        ["solve", "p.json", "--time-limit", "soon"],
        ["solve", "p.json", "--time-limit", "nan"],
        ["solve", "p.json", "--time-limit", "-1"],
        ["solve", "p.json", "--workers", "0"],
        ["solve", "p.json", "--seed", "1.5"],
    ],
)
def test_wrong_usage_exits_2(arguments, capsys):
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2


def test_files_that_cannot_be_read_or_written_exit_2(problem_file, tmp_path, capsys):
    assert main(["solve", str(tmp_path / "none.json")]) == 2
    assert main(["solve", str(tmp_path)]) == 2
    assert main(["solve", str(problem_file), "-o", str(tmp_path / "none" / "s.json")]) == 2
    assert main(["solve", str(problem_file), "-o", str(tmp_path)]) == 2
    assert main(["check", "-", "-"]) == 2


def test_pins_that_cannot_stand_together_exit_3_and_say_which(tmp_path, capsys):
    pins = (Pair("p0", "g0"), Pair("p1", "g0"), Pair("p2", "g0"))
    path, answer = tmp_path / "problem.json", tmp_path / "solution.json"
    path.write_bytes(jsonio.dump_problem(replace(PROBLEM, pins=pins)))
    assert main(["solve", str(path), "-o", str(answer)]) == 3
    document = json.loads(answer.read_bytes())
    assert document["status"] == "infeasible"
    assert document["assignments"] == []
    assert document["conflict"]["pins"]
    assert document["conflict"]["text"] in capsys.readouterr().err
    assert main(["check", str(path), str(answer)]) == 0


def run(*arguments, data=b""):
    return subprocess.run(
        [sys.executable, "-m", "scheduler", *arguments], input=data, capture_output=True
    )


def test_standard_input_and_output_and_progress_to_standard_error():
    done = run("solve", "-", "--progress", "--seed", "3", data=jsonio.dump_problem(PROBLEM))
    assert done.returncode == 0
    assert json.loads(done.stdout)["run"]["seed"] == 3
    assert b"served" in done.stderr
    quiet = run("solve", "-", "-o", "-", data=gzip.compress(jsonio.dump_problem(PROBLEM)))
    assert (quiet.returncode, quiet.stderr) == (0, b"")


def test_reasons_can_be_left_out_or_counted():
    wishing = changed("participants", "p2", wishes=(Wish(1, group="g0"),))
    data = jsonio.dump_problem(changed("groups", "g1", wishing, capacity=0))
    unplaced = {
        how: json.loads(run("solve", "-", "--reasons", how, data=data).stdout)["unplaced"]
        for how in ("full", "summary", "none")
    }
    assert {len(rows) for rows in unplaced.values()} == {len(unplaced["full"])}
    assert "groups" in str(unplaced["full"])
    assert "summary" in str(unplaced["summary"])
    assert "rule" not in str(unplaced["none"])


def test_checking_never_loads_a_solver(problem_file, solution_file):
    program = (
        "import sys; from scheduler.commands import main; import scheduler.greedy;"
        "code = main(sys.argv[1:]); assert 'ortools' not in sys.modules; sys.exit(code)"
    )
    arguments = [sys.executable, "-c", program, "check", str(problem_file), str(solution_file)]
    done = subprocess.run(arguments, capture_output=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
