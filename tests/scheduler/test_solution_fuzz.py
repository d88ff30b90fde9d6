"""Whatever stands in a solution file, the checker answers."""

from __future__ import annotations

import copy
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler import jsonio
from scheduler.check import check
from scheduler.greedy import greedy
from scheduler.problem import Wish
from tests.scheduler.mutations import json_values, paths_of
from tests.scheduler.test_jsonio_faults import put
from tests.scheduler.tiny_plan import changed, result_of

CROWDED = changed("participants", "p2", wishes=(Wish(1, group="g0"),))
WISH = {
    "group": "g0",
    "rank": 1,
    "groups": [{"group": "g0", "reasons": [{"rule": "H1"}, {"rule": "H8"}]}],
}
ASSIGNMENTS = greedy(changed("groups", "g1", CROWDED, capacity=1))
PLAN = result_of(
    CROWDED, ASSIGNMENTS, unplaced=({"participant": "p2", "wishes": [WISH]},), run={"seed": 1}
)
DOCUMENT = json.loads(json.dumps(jsonio.solution_document(PLAN, CROWDED, "00")))
PLACES = [path for path in paths_of(DOCUMENT) if path]


def test_the_solution_of_these_tests_is_right():
    assert check(CROWDED, jsonio.read_solution(json.dumps(DOCUMENT).encode()).result) == []


@settings(max_examples=400, deadline=None)
@given(where=st.sampled_from(PLACES), value=json_values)
def test_any_value_anywhere_gives_faults_or_an_answer(where, value):
    data = json.dumps(put(DOCUMENT, where, value)).encode()
    try:
        solution = jsonio.read_solution(data)
    except jsonio.UnreadableError:
        assert where == ("format",)
    except jsonio.InvalidSolutionError:
        return
    else:
        check(CROWDED, solution.result)


# Without reasons a solution is what --reasons none writes.
REASONS = {
    ("unplaced", 0, "wishes"),
    ("unplaced", 0, "wishes", 0),
    ("unplaced", 0, "wishes", 0, "groups"),
}


@pytest.mark.parametrize("where", [p for p in PLACES if p[0] != "run" and p not in REASONS])
def test_a_part_left_out_is_told_unless_it_is_null(where):
    document = copy.deepcopy(DOCUMENT)
    place = document
    for key in where[:-1]:
        place = place[key]
    was_null = place.pop(where[-1]) is None
    try:
        result = jsonio.read_solution(json.dumps(document).encode()).result
    except (jsonio.UnreadableError, jsonio.InvalidSolutionError):
        assert not was_null
    else:
        assert (check(CROWDED, result) == []) is was_null
