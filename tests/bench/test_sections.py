"""The sections on questions and on stability, on small problems."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scheduler.params import Params
from scheduler.problem import Pair
from scheduler.solve import solve
from tests.bench import asking
from tests.bench.instances import find
from tests.bench.sections import Asked, questions, stability
from tests.bench.stability import num_moved
from tests.bench.stability import stability as removed_in_turn
from tests.bench.test_report import saved
from tests.scheduler.questions.crowd import crowd
from tests.scheduler.tiny_plan import ASSIGNMENTS, PROBLEM, changed

CROWD = crowd(12, 5, (5, 3))
ONE = Params(workers=1)


def rows(markdown: str) -> list[list[str]]:
    lines = [line for line in markdown.splitlines() if line.startswith("| ")]
    return [line.strip("| ").split(" | ") for line in lines[2:]]


def test_who_left_is_not_counted_as_moved_and_a_second_group_is_not_a_loss():
    first, *others = ASSIGNMENTS
    assert num_moved(ASSIGNMENTS, tuple(others)) == 1
    assert num_moved(ASSIGNMENTS, tuple(others), gone=first.participant) == 0
    assert num_moved(tuple(others), ASSIGNMENTS) == 0


def test_everybody_who_is_placed_is_removed_once_and_nobody_need_move():
    found = removed_in_turn(CROWD, 20, ONE)
    assert len(found.removed) == found.num_placed == found.num_proven == 8
    assert found.again == (0,) * 8


def test_every_question_has_something_to_ask_of_a_crowd():
    result = solve(CROWD, ONE)
    for name in questions.QUESTIONS:
        asks = [*asking.QUESTIONS[name](CROWD, result, ONE)]
        assert asks, name
        for ask in asks:
            ask()


def test_the_section_asks_just_the_questions_there_are():
    assert {*questions.QUESTIONS} == {*asking.QUESTIONS}


def test_the_usual_instances_are_taken_where_they_are_there(tmp_path):
    folder = saved(tmp_path, tiny=PROBLEM, crowd=CROWD)
    assert [*find(folder, usual=("crowd", "absent"))] == ["crowd"]
    assert {*find(folder, usual=("absent",))} == {"crowd", "tiny"}
    assert [*find(folder, ["tiny"], ("crowd",))] == ["tiny"]


@pytest.mark.slow
def test_the_section_on_questions_times_each_and_says_where_there_is_no_plan(tmp_path):
    crowded = changed("groups", "g1", capacity=1, problem=PROBLEM)
    crowded = replace(crowded, pins=(Pair("p0", "g1"), Pair("p1", "g1")))
    found = questions.measure(Asked(saved(tmp_path, crowd=CROWD, crowded=crowded)))
    told = {row[0]: row[1:] for row in rows(found.markdown)}
    assert [*told] == [*questions.QUESTIONS]
    assert (told["places"][0], told["unlock"][0]) == ("12", "4")
    assert all(float(cell) >= 0 for row in told.values() for cell in row)
    assert "### crowded\n\nNo plan: failed" in found.markdown


@pytest.mark.slow
def test_the_section_on_stability_has_a_line_for_each_way(tmp_path):
    found = stability.measure(Asked(saved(tmp_path, crowd=CROWD)))
    again, afresh = rows(found.markdown)
    assert again == ["crowd", "8", "8", "planned again", "0.0", "0", "8 of 8"]
    assert afresh[3] == "planned afresh"
