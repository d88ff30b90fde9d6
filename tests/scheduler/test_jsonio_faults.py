"""Exchange files that are wrong: every fault, each with its path, and never anything else."""

from __future__ import annotations

import copy
import gzip
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler import jsonio
from scheduler.problem import InvalidProblemError, Problem
from tests.scheduler.mutations import json_values, paths_of
from tests.scheduler.small_problems import make_problem

PROBLEM = {
    "format": "croisee-problem/1",
    "name": "whole",
    "horizon": {"start": "2027-01-11", "end": "2027-04-04", "timezone": "Europe/Zurich"},
    "policy": {
        "objective": ["served", "wishes"],
        "wishes": "weighted",
        "rank_utility": [10, 5],
        "min_attendance": 0.8,
        "travel": {"detour": 1.3, "speed_kmh": 20},
        "slack": {"wishes": 0.1},
    },
    "venues": [{"id": "v1", "lat": 46.2, "lon": 6.1}, {"id": "v2"}],
    "groups": [
        {
            "id": "g1",
            "measure": "m",
            "venue": "v1",
            "capacity": 5,
            "min_size": 2,
            "slots": [["2027-01-12T08:00", "2027-01-12T10:00"]],
            "requires": ["t"],
            "offers": ["lift"],
            "coaching": {"visit_minutes": 60, "skills": ["s"]},
        },
        {"id": "g2", "measure": "m", "capacity": 5, "min_size": 0},
    ],
    "coaches": [
        {
            "id": "c1",
            "skills": ["s"],
            "caseload": 3,
            "minutes_per_week": 120,
            "venues": ["v1"],
            "availability": [
                {"day": "tue", "start": "08:00", "end": "12:00"},
                {"day": "wed", "start": "08:00", "end": "12:00"},
            ],
        }
    ],
    "participants": [
        {
            "id": "p1",
            "weight": 1,
            "home": {"lat": 46.2, "lon": 6.1},
            "max_travel_minutes": 30,
            "availability": [{"day": "tue", "start": "08:00", "end": "12:00"}],
            "absences": [["2027-02-01", "2027-02-05"]],
            "wishes": [{"measure": "m", "rank": 1, "utility": 9}, {"group": "g2", "rank": 2}],
            "holds": [{"tag": "t", "from": "2027-01-01", "until": "2027-12-31"}],
            "needs": ["lift"],
            "coach_skills": ["s"],
            "max_groups": 1,
            "max_minutes_per_week": 600,
        },
        {"id": "p2", "weight": 1, "max_groups": 1},
    ],
    "pins": [{"participant": "p1", "group": "g1", "coach": "c1"}],
    "bans": [{"participant": "p2", "group": "g1"}],
    "apart": [["p1", "p2"]],
    "together": [["p1", "p2"]],
    "quotas": [{"groups": ["g1"], "tag": "t", "max": 3}],
    "previous": [{"participant": "p2", "group": "g2"}],
}
GONE = object()

# where, what is put there, and the path of the one fault that must come of it
WRONG = [
    (("format",), "croisee-problem/2", "$.format"),
    (("format",), GONE, "$.format"),
    (("name",), 3, "$.name"),
    (("name",), None, "$.name"),
    (("name",), "\ud800", "$.name"),
    (("extra",), 1, "$.extra"),
    (("odd key",), 1, '$["odd key"]'),
    (("horizon",), GONE, "$.horizon"),
    (("horizon",), [], "$.horizon"),
    (("horizon", "start"), GONE, "$.horizon.start"),
    (("horizon", "start"), "20270111", "$.horizon.start"),
    (("horizon", "start"), "2027-02-30", "$.horizon.start"),
    (("horizon", "start"), "2027-W02-1", "$.horizon.start"),
    (("horizon", "end"), "2027-01-10T00:00", "$.horizon.end"),
    (("horizon", "end"), 20270404, "$.horizon.end"),
    (("horizon", "timezone"), "Europe/Atlantis", "$.horizon.timezone"),
    (("horizon", "timezone"), "Europe", "$.horizon.timezone"),
    (("horizon", "timezone"), "../passwd", "$.horizon.timezone"),
    (("horizon", "timezone"), "\x00", "$.horizon.timezone"),
    (("horizon", "timezone"), None, "$.horizon.timezone"),
    (("policy",), None, "$.policy"),
    (("policy", "objective"), ["served", "beauty"], "$.policy.objective[1]"),
    (("policy", "objective"), ["served", "served"], "$.policy.objective"),
    (("policy", "wishes"), "random", "$.policy.wishes"),
    (("policy", "rank_utility"), [], "$.policy.rank_utility"),
    (("policy", "rank_utility"), [10, -1], "$.policy.rank_utility[1]"),
    (("policy", "rank_utility"), [10, 1.5], "$.policy.rank_utility[1]"),
    (("policy", "min_attendance"), 1.01, "$.policy.min_attendance"),
    (("policy", "min_attendance"), -0.1, "$.policy.min_attendance"),
    (("policy", "min_attendance"), float("nan"), "$.policy.min_attendance"),
    (("policy", "min_attendance"), True, "$.policy.min_attendance"),
    (("policy", "travel", "speed_kmh"), 0, "$.policy.travel.speed_kmh"),
    (("policy", "travel", "speed_kmh"), float("inf"), "$.policy.travel.speed_kmh"),
    (("policy", "travel", "detour"), -1, "$.policy.travel.detour"),
    (("policy", "travel", "mode"), "bus", "$.policy.travel.mode"),
    (("policy", "slack", "wishes"), 2, "$.policy.slack.wishes"),
    (("policy", "slack", "beauty"), 0, "$.policy.slack.beauty"),
    (("venues", 1, "id"), "v1", "$.venues[1].id"),
    (("venues", 0, "lat"), "46.2", "$.venues[0].lat"),
    (("venues", 0, "lat"), float("-inf"), "$.venues[0].lat"),
    (("venues", 0, "lon"), 181, "$.venues[0].lon"),
    (("venues", 0, "name"), "Maison", "$.venues[0].name"),
    (("groups", 0, "measure"), GONE, "$.groups[0].measure"),
    (("groups", 1, "measure"), None, "$.groups[1].measure"),
    (("groups", 0, "venue"), "v9", "$.groups[0].venue"),
    (("groups", 0, "venue"), None, "$.groups[0].venue"),
    (("groups", 0, "venue"), GONE, "$.groups[0].venue"),
    (("groups", 0, "capacity"), True, "$.groups[0].capacity"),
    (("groups", 0, "capacity"), 5.0, "$.groups[0].capacity"),
    (("groups", 0, "capacity"), 10**30, "$.groups[0].capacity"),
    (("groups", 0, "capacity"), GONE, "$.groups[0].capacity"),
    (("groups", 0, "min_size"), -1, "$.groups[0].min_size"),
    (("groups", 0, "min_size"), 6, "$.groups[0].min_size"),
    (("groups", 0, "min_size"), GONE, "$.groups[0].min_size"),
    (("groups", 0, "slots"), None, "$.groups[0].slots"),
    (("groups", 0, "slots", 0), ["2027-01-12T08:00"], "$.groups[0].slots[0]"),
    (("groups", 0, "slots", 0, 0), "2027-01-12 08:00", "$.groups[0].slots[0][0]"),
    (("groups", 0, "slots", 0, 0), "2027-01-12T08:00:00", "$.groups[0].slots[0][0]"),
    (("groups", 0, "slots", 0, 0), "2027-01-12T08:00+01:00", "$.groups[0].slots[0][0]"),
    (("groups", 0, "slots", 0, 0), "2027-02-30T08:00", "$.groups[0].slots[0][0]"),
    (("groups", 0, "slots", 0, 1), "2027-01-12T24:00", "$.groups[0].slots[0][1]"),
    (("groups", 0, "slots", 0, 1), "2027-01-13T00:00", "$.groups[0].slots[0]"),
    (("groups", 0, "slots", 0, 1), "2027-01-12T08:00", "$.groups[0].slots[0]"),
    (("groups", 0, "slots", 0, 1), "2027-01-12T07:00", "$.groups[0].slots[0]"),
    (
        ("groups", 0, "slots", 0),
        ["2027-01-10T08:00", "2027-01-10T09:00"],
        "$.groups[0].slots[0]",
    ),
    (
        ("groups", 0, "slots", 0),
        ["2027-04-05T08:00", "2027-04-05T09:00"],
        "$.groups[0].slots[0]",
    ),
    (("groups", 0, "requires"), "t", "$.groups[0].requires"),
    (("groups", 0, "offers"), [1], "$.groups[0].offers[0]"),
    (("groups", 0, "coaching"), 60, "$.groups[0].coaching"),
    (("groups", 0, "coaching", "visit_minutes"), GONE, "$.groups[0].coaching.visit_minutes"),
    (("groups", 0, "coaching", "visit_minutes"), -1, "$.groups[0].coaching.visit_minutes"),
    (("groups", 0, "coaching", "skills"), [None], "$.groups[0].coaching.skills[0]"),
    (("coaches", 0, "caseload"), -1, "$.coaches[0].caseload"),
    (("coaches", 0, "caseload"), GONE, "$.coaches[0].caseload"),
    (("coaches", 0, "minutes_per_week"), "120", "$.coaches[0].minutes_per_week"),
    (("coaches", 0, "venues"), ["v9"], "$.coaches[0].venues[0]"),
    (("coaches", 0, "availability"), None, "$.coaches[0].availability"),
    (("coaches", 0, "availability", 1, "day"), "tue", "$.coaches[0].availability[1]"),
    (("coaches", 0, "availability", 0, "day"), "tuesday", "$.coaches[0].availability[0].day"),
    (("coaches", 0, "availability", 0, "start"), "8:00", "$.coaches[0].availability[0].start"),
    (("coaches", 0, "availability", 0, "start"), "24:00", "$.coaches[0].availability[0].start"),
    (("coaches", 0, "availability", 0, "end"), "12:60", "$.coaches[0].availability[0].end"),
    (("coaches", 0, "availability", 0, "end"), "08:00", "$.coaches[0].availability[0]"),
    (("participants", 0, "weight"), GONE, "$.participants[0].weight"),
    (("participants", 0, "weight"), -1, "$.participants[0].weight"),
    (("participants", 0, "name"), "Alice", "$.participants[0].name"),
    (("participants", 0, "max_groups"), GONE, "$.participants[0].max_groups"),
    (("participants", 0, "max_groups"), None, "$.participants[0].max_groups"),
    (("participants", 0, "home"), {"lat": 46}, "$.participants[0].home.lon"),
    (("participants", 0, "home", "lat"), None, "$.participants[0].home.lat"),
    (("participants", 0, "max_travel_minutes"), -5, "$.participants[0].max_travel_minutes"),
    (
        ("participants", 0, "max_minutes_per_week"),
        False,
        "$.participants[0].max_minutes_per_week",
    ),
    (("participants", 0, "availability", 0), 3, "$.participants[0].availability[0]"),
    (("participants", 0, "absences", 0), "2027-02-01", "$.participants[0].absences[0]"),
    (("participants", 0, "absences", 0, 1), "2027-01-31", "$.participants[0].absences[0]"),
    (("participants", 0, "wishes", 0, "rank"), 0, "$.participants[0].wishes[0].rank"),
    (("participants", 0, "wishes", 0, "rank"), GONE, "$.participants[0].wishes[0].rank"),
    (("participants", 0, "wishes", 0, "utility"), -1, "$.participants[0].wishes[0].utility"),
    (("participants", 0, "wishes", 0, "group"), "g1", "$.participants[0].wishes[0]"),
    (("participants", 0, "wishes", 0, "measure"), GONE, "$.participants[0].wishes[0]"),
    (("participants", 0, "wishes", 1, "group"), "g9", "$.participants[0].wishes[1].group"),
    (("participants", 0, "holds", 0, "tag"), GONE, "$.participants[0].holds[0].tag"),
    (("participants", 0, "holds", 0, "until"), "soon", "$.participants[0].holds[0].until"),
    (("participants", 0, "holds", 0, "until"), "2026-12-31", "$.participants[0].holds[0]"),
    (("participants", 0, "needs"), {}, "$.participants[0].needs"),
    (("pins", 0, "participant"), "p9", "$.pins[0].participant"),
    (("pins", 0, "group"), "g9", "$.pins[0].group"),
    (("pins", 0, "coach"), "c9", "$.pins[0].coach"),
    (("pins", 0, "group"), "g2", "$.pins[0].coach"),
    (("pins", 0, "group"), GONE, "$.pins[0].group"),
    (("pins",), [{"participant": "p1", "group": "g1"}] * 2, "$.pins[1]"),
    (("bans", 0, "group"), "g9", "$.bans[0].group"),
    (("bans", 0, "coach"), "c1", "$.bans[0].coach"),
    (("apart", 0), ["p1"], "$.apart[0]"),
    (("apart", 0), ["p1", "p1"], "$.apart[0]"),
    (("together", 0, 1), "p9", "$.together[0][1]"),
    (("quotas", 0, "groups"), ["g9"], "$.quotas[0].groups[0]"),
    (("quotas", 0, "max"), -1, "$.quotas[0].max"),
    (("quotas", 0, "max"), GONE, "$.quotas[0].max"),
    (("previous",), [{"participant": "p2", "group": "g2"}] * 2, "$.previous[1]"),
    (("previous", 0, "coach"), "c1", "$.previous[0].coach"),
]

# the same, where what refers to the row falls with it
WRONG_ROWS = [
    (("venues",), {}, "$.venues"),
    (("venues", 0), "v1", "$.venues[0]"),
    (("groups", 0, "id"), 7, "$.groups[0].id"),
    (("groups", 1, "id"), "g1", "$.groups[1].id"),
    (("participants", 1, "id"), "p1", "$.participants[1].id"),
]


def faults_of(data: bytes):
    with pytest.raises(InvalidProblemError) as caught:
        jsonio.read(data)
    return caught.value.faults


def put(document, where, value):
    document = copy.deepcopy(document)
    place = document
    for key in where[:-1]:
        place = place[key]
    if value is GONE:
        del place[where[-1]]
    else:
        place[where[-1]] = value
    return document


def test_the_problem_of_these_tests_is_right():
    assert isinstance(jsonio.read(json.dumps(PROBLEM).encode()), Problem)


@pytest.mark.parametrize(("where", "value", "path"), WRONG)
def test_a_fault_is_told_with_its_path(where, value, path):
    faults = faults_of(json.dumps(put(PROBLEM, where, value)).encode())
    assert [fault.path for fault in faults] == [path]
    assert faults[0].reason


@pytest.mark.parametrize(("where", "value", "path"), WRONG_ROWS)
def test_a_fault_of_a_row_is_told_beside_those_of_its_references(where, value, path):
    faults = faults_of(json.dumps(put(PROBLEM, where, value)).encode())
    assert path in [fault.path for fault in faults]


def test_a_fault_shows_its_value():
    fault = faults_of(json.dumps(put(PROBLEM, ("groups", 0, "min_size"), 6)).encode())[0]
    assert (fault.path, fault.value) == ("$.groups[0].min_size", 6)
    assert "capacity" in fault.reason


def test_all_faults_are_told_at_once():
    document = PROBLEM
    changes = {
        "$.name": (("name",), 3),
        "$.horizon.timezone": (("horizon", "timezone"), "Mars"),
        "$.groups[0].min_size": (("groups", 0, "min_size"), 6),
        "$.groups[0].slots[0]": (("groups", 0, "slots", 0, 1), "2027-01-12T07:00"),
        "$.groups[0].colour": (("groups", 0, "colour"), "red"),
        "$.coaches[0].availability[1]": (("coaches", 0, "availability", 1, "day"), "tue"),
        "$.participants[0].weight": (("participants", 0, "weight"), GONE),
        "$.pins[0].coach": (("pins", 0, "coach"), "c9"),
        "$.quotas[0].max": (("quotas", 0, "max"), -1),
    }
    for where, value in changes.values():
        document = put(document, where, value)
    told = [fault.path for fault in faults_of(json.dumps(document).encode())]
    assert sorted(told) == sorted(changes)


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"", "JSON"),
        (b"{", "JSON"),
        (b'{"name": "x" "y"}', "JSON"),
        (b"\xff\xfe{\x00}\x00", "UTF-8"),
        (b"\x1f\x8b nothing", "gzip"),
        (gzip.compress(b"{}" * 1000, mtime=0)[:-12], "gzip"),
        (b"[" * 100_000, "deep"),
        (b'{"name":' + b"9" * 5000 + b"}", "digits"),
    ],
)
def test_what_is_no_json_at_all_is_one_fault(data, word):
    faults = faults_of(data)
    assert [fault.path for fault in faults] == ["$"]
    assert word in faults[0].reason


@pytest.mark.parametrize("deep", [b'{"name":' + b"[" * 900 + b"]" * 900 + b"}", b"[" * 900])
def test_a_deep_value_can_be_shown(deep):
    assert str(InvalidProblemError(faults_of(deep)))


def test_a_huge_value_is_shown_short():
    text = str(InvalidProblemError(faults_of(json.dumps({"name": [["x" * 10_000] * 99]}).encode())))
    assert len(text) < 1000


def test_a_key_stated_twice_is_a_fault():
    data = json.dumps(PROBLEM).replace('"weight": 1,', '"weight": 1, "weight": 2,', 1).encode()
    assert [fault.path for fault in faults_of(data)] == ["$.participants[0].weight"]


@pytest.mark.parametrize("value", [None, 3, "text", [], [[]], True, 1.5])
def test_a_file_that_is_no_object_is_refused(value):
    assert [fault.path for fault in faults_of(json.dumps(value).encode())] == ["$"]


SMALL = [json.loads(jsonio.dump_problem(make_problem(seed))) for seed in range(5)]
PLACES = [(document, path) for document in (PROBLEM, *SMALL) for path in paths_of(document) if path]


@settings(max_examples=300, deadline=None)
@given(place=st.sampled_from(PLACES), value=json_values)
def test_any_value_anywhere_gives_a_problem_or_faults(place, value):
    document, where = place
    data = json.dumps(put(document, where, value)).encode()
    try:
        problem = jsonio.read(data)
    except InvalidProblemError:
        faults = faults_of(data)
        assert faults
        assert all(fault.path.startswith("$") for fault in faults)
        assert str(InvalidProblemError(faults))
    else:
        assert jsonio.read(jsonio.dump_problem(problem)) == problem


@settings(max_examples=100, deadline=None)
@given(value=json_values)
def test_any_json_value_gives_faults(value):
    faults_of(json.dumps(value).encode())


@settings(max_examples=100, deadline=None)
@given(data=st.binary())
def test_any_bytes_give_faults(data):
    faults_of(data)


def test_a_wish_like_one_before_but_for_its_type_is_read_for_itself():
    document = copy.deepcopy(PROBLEM)
    good = {"measure": "m", "rank": 1}
    document["participants"][0]["wishes"] = [
        good,
        good,
        {**good, "rank": True},
        {**good, "rank": 1.0},
    ]
    assert [fault.path for fault in faults_of(json.dumps(document).encode())] == [
        "$.participants[0].wishes[2].rank",
        "$.participants[0].wishes[3].rank",
    ]


def test_a_fault_that_comes_again_is_told_again():
    document = copy.deepcopy(PROBLEM)
    document["participants"][0]["wishes"] = [{"measure": "m", "rank": 0}] * 2
    document["participants"][0]["holds"] = [{"tag": ["t"]}] * 2
    assert [fault.path for fault in faults_of(json.dumps(document).encode())] == [
        "$.participants[0].wishes[0].rank",
        "$.participants[0].wishes[1].rank",
        "$.participants[0].holds[0].tag",
        "$.participants[0].holds[1].tag",
    ]
