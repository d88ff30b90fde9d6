"""``unlock``: what is printed, and what is refused."""

from __future__ import annotations

import json

import pytest

from scheduler import jsonio
from scheduler.commands import main
from scheduler.problem import Place, Wish
from tests.scheduler.tiny_plan import changed, result_of

FAR = changed(
    "participants",
    "p2",
    home=Place(46.2, 6.1),
    max_travel_minutes=0,
    wishes=(Wish(1, measure="garden"),),
)


@pytest.fixture
def files(tmp_path):
    problem, solution = tmp_path / "problem.json", tmp_path / "solution.json"
    problem.write_bytes(jsonio.dump_problem(FAR))
    solution.write_bytes(jsonio.dump_solution(result_of(FAR), FAR, "any"))
    return [str(problem), str(solution)]


def test_the_smallest_change_is_told_to_people_and_to_machines(files, capsys):
    assert main(["unlock", *files, "p2"]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[0] == "30 min more of travel for p2"
    assert told[1].startswith("  g1: rank 1, utility 100, 18 min of travel; served +1")
    assert told[1].endswith("touches nobody")
    assert main(["unlock", *files, "p2", "--json"]) == 0
    (way,) = json.loads(capsys.readouterr().out)["ways"]
    assert way["changes"] == [{"kind": "LongerTravel", "minutes": 30, "participant": "p2"}]
    assert way["place"]["group"] == "g1"


@pytest.mark.parametrize(
    ("participant", "why"), [("p9", "no participant p9"), ("p0", "participant p0 has a group")]
)
def test_somebody_who_cannot_be_asked_about_exits_2(files, participant, why, capsys):
    assert main(["unlock", *files, participant]) == 2
    assert why in capsys.readouterr().err
