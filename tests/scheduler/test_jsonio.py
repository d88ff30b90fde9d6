"""Reading and writing exchange files that are right."""

from __future__ import annotations

import gzip
import json
from datetime import date, datetime

import pytest

from scheduler import jsonio
from scheduler.problem import Group, Hold, Pair, Place, Policy, Slot, Venue, Window, Wish
from scheduler.result import Assignment, Conflict, Result, TierValue
from tests.scheduler.small_problems import make_problem

SMALLEST = {
    "format": "croisee-problem/1",
    "name": "smallest",
    "horizon": {"start": "2027-01-11", "end": "2027-04-04", "timezone": "Europe/Zurich"},
}


def read(**sections):
    return jsonio.read(json.dumps(SMALLEST | sections).encode())


def test_everything_with_a_default_may_be_left_out():
    problem = read(
        venues=[{"id": "v"}],
        groups=[{"id": "g", "measure": "m", "capacity": 3, "min_size": 0}],
        coaches=[{"id": "c", "caseload": 1, "minutes_per_week": 60}],
        participants=[{"id": "p", "weight": 1, "max_groups": 1}],
    )
    assert problem.policy == Policy()
    assert problem.policy.objective == ("served", "wishes", "kept", "travel")
    assert problem.policy.rank_utility == (100, 70, 50, 35, 25)
    assert (problem.policy.min_attendance, problem.policy.slack) == (0.8, {})
    assert (problem.policy.travel.detour, problem.policy.travel.speed_kmh) == (1.3, 20)
    assert problem.venues == (Venue("v", None),)
    assert problem.groups == (Group("g", "m", None, 3, 0),)
    assert problem.coaches[0].venues is None
    assert problem.coaches[0].availability == ()
    person = problem.participants[0]
    assert person.availability is None
    assert (person.home, person.max_travel_minutes, person.max_minutes_per_week) == (None,) * 3
    assert (person.absences, person.wishes, person.holds) == ((), (), ())
    assert (problem.pins, problem.bans, problem.apart, problem.together) == ((), (), (), ())


def test_a_policy_may_leave_out_some_of_its_members():
    policy = read(policy={"travel": {"speed_kmh": 5}, "slack": {"wishes": 0.02}}).policy
    assert (policy.travel.detour, policy.travel.speed_kmh) == (1.3, 5)
    assert policy.slack == {"wishes": 0.02}


def test_never_free_and_nowhere_are_not_the_same_as_left_out():
    problem = read(
        coaches=[{"id": "c", "caseload": 1, "minutes_per_week": 60, "venues": []}],
        participants=[{"id": "p", "weight": 1, "max_groups": 1, "availability": []}],
    )
    assert problem.coaches[0].venues == frozenset()
    assert problem.participants[0].availability == ()
    assert jsonio.read(jsonio.dump_problem(problem)) == problem


def test_values_arrive_as_what_they_mean():
    problem = read(
        venues=[{"id": "v", "lat": 46.2, "lon": -6}],
        groups=[
            {
                "id": "g",
                "measure": "m",
                "venue": "v",
                "capacity": 3,
                "min_size": 3,
                "slots": [["2027-01-11T08:00", "2027-01-11T23:59"]],
            }
        ],
        participants=[
            {
                "id": "p",
                "weight": 0,
                "max_groups": 2,
                "availability": [{"day": "sun", "start": "00:00", "end": "24:00"}],
                "absences": [["2027-02-01", "2027-02-01"]],
                "wishes": [{"group": "g", "rank": 2, "utility": 0}, {"measure": "x", "rank": 1}],
                "holds": [{"tag": "t", "from": "2027-01-01", "until": "2030-12-31"}],
            }
        ],
        pins=[{"participant": "p", "group": "g"}],
    )
    person = problem.participants[0]
    assert problem.venues[0].place == Place(46.2, -6)
    assert problem.groups[0].slots == (
        Slot(datetime(2027, 1, 11, 8), datetime(2027, 1, 11, 23, 59)),
    )
    assert person.availability == (Window(6, 0, 1440),)
    assert person.absences == ((date(2027, 2, 1), date(2027, 2, 1)),)
    assert person.wishes == (Wish(2, group="g", utility=0), Wish(1, measure="x"))
    assert person.holds == (Hold("t", date(2027, 1, 1), date(2030, 12, 31)),)
    assert problem.pins == (Pair("p", "g"),)


def test_gzip_and_a_byte_order_mark_are_taken():
    data = json.dumps(SMALLEST).encode()
    assert jsonio.read(gzip.compress(data)) == jsonio.read(data)
    assert jsonio.read(b"\xef\xbb\xbf" + data) == jsonio.read(data)
    assert jsonio.uncompressed(gzip.compress(data)) == data


def test_bans_may_come_twice_and_windows_of_a_participant_may_overlap():
    window = {"day": "mon", "start": "08:00", "end": "12:00"}
    problem = read(
        groups=[{"id": "g", "measure": "m", "capacity": 3, "min_size": 0}],
        participants=[{"id": "p", "weight": 1, "max_groups": 1, "availability": [window] * 2}],
        bans=[{"participant": "p", "group": "g"}] * 2,
        pins=[{"participant": "p", "group": "g"}],
    )
    assert len(problem.bans) == 2


def test_windows_of_a_coach_may_touch():
    windows = [
        {"day": "mon", "start": "10:00", "end": "12:00"},
        {"day": "mon", "start": "08:00", "end": "10:00"},
        {"day": "tue", "start": "08:00", "end": "12:00"},
    ]
    coach = {"id": "c", "caseload": 1, "minutes_per_week": 60, "availability": windows}
    assert len(read(coaches=[coach]).coaches[0].availability) == 3


def test_what_is_written_leaves_out_what_may_be_left_out():
    problem = read(participants=[{"id": "p", "weight": 1, "max_groups": 1}])
    document = json.loads(jsonio.dump_problem(problem))
    assert document["participants"] == [{"id": "p", "weight": 1, "max_groups": 1}]
    assert "pins" not in document
    assert document == jsonio.problem_document(problem)


@pytest.mark.parametrize("seed", range(30))
def test_a_problem_comes_back_from_its_file(seed):
    problem = make_problem(seed)
    assert jsonio.read(jsonio.dump_problem(problem)) == problem


RESULT = Result(
    status="infeasible",
    assignments=(
        Assignment("p", "g", 1, "c", Window(1, 480, 540)),
        Assignment("p", "h", None),
    ),
    tiers=(TierValue("served", 3, None, False), TierValue("wishes", (1, 0), (2, 0), True)),
    unplaced=(
        {
            "participant": "q",
            "wishes": [
                {
                    "measure": "m",
                    "rank": 1,
                    "groups": [{"group": "g", "reasons": [{"rule": "R4", "minutes": 40}]}],
                }
            ],
        },
    ),
    conflict=Conflict((Pair("p", "g"),), ("H1",), "too many"),
    run={"seconds": 1.5, "seed": 0},
)


def test_a_solution_comes_back_from_its_file():
    problem = make_problem(0)
    solution = jsonio.read_solution(jsonio.dump_solution(RESULT, problem, "ab"))
    assert solution.result == RESULT
    assert (solution.problem_name, solution.sha256) == (problem.name, "ab")


def test_a_file_has_one_row_a_line_so_that_two_of_them_compare():
    problem = make_problem(0)
    for data in (jsonio.dump_problem(problem), jsonio.dump_solution(RESULT, problem, "ab")):
        lines = [line.rstrip(b",") for line in data.splitlines()]
        for key, rows in json.loads(data).items():
            if isinstance(rows, list) and rows:
                first = lines.index(b'"%s": [' % key.encode()) + 1
                assert [json.loads(line) for line in lines[first : first + len(rows)]] == rows


def test_a_solution_is_written_in_the_words_of_the_exchange_format():
    document = jsonio.solution_document(RESULT, make_problem(0), "ab")
    assert list(document) == [
        "format",
        "problem",
        "status",
        "assignments",
        "tiers",
        "unplaced",
        "conflict",
        "run",
    ]
    assert document["assignments"] == [
        {
            "participant": "p",
            "group": "g",
            "rank": 1,
            "coach": "c",
            "visit": {"day": "tue", "start": "08:00", "end": "09:00"},
        },
        {"participant": "p", "group": "h", "rank": None, "coach": None, "visit": None},
    ]
    assert document["tiers"][1] == {
        "name": "wishes",
        "value": [1, 0],
        "bound": [2, 0],
        "proven": True,
    }
