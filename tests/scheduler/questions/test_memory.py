"""Those left out weigh more: by how much, for whom, and never without end."""

from __future__ import annotations

from dataclasses import replace

from scheduler.questions.memory import Raise, periods_left_out, remembered
from scheduler.result import Assignment, Result
from scheduler.solve import solve
from tests.scheduler.questions.crowd import crowd
from tests.scheduler.tiny_plan import PROBLEM, changed


def plan(*unplaced: str, placed: tuple[str, ...] = ()) -> Result:
    return Result(
        "feasible",
        tuple(Assignment(id_, "g0", 1) for id_ in placed),
        unplaced=tuple({"participant": id_, "wishes": []} for id_ in unplaced),
    )


def test_periods_count_from_the_last_without_a_break():
    plans = [plan("a", "b", "c"), plan("b", "c", "d"), plan("c", "a", placed=("b",))]
    assert periods_left_out(plans) == {"a": 1, "b": 2, "c": 3}


def test_who_is_both_placed_and_not_counts_as_placed():
    assert periods_left_out([plan("a", "a", "b", placed=("b",))]) == {"a": 1}


def test_a_weight_grows_by_extra_a_period_up_to_the_cap():
    problem, raises = remembered(PROBLEM, {"p0": 1, "p1": 9}, extra=2, cap=3)
    assert [person.weight for person in problem.participants] == [5, 5, 1]
    assert raises == [Raise("p0", 1, 3, 5), Raise("p1", 9, 2, 5)]


def test_a_weight_of_zero_stays_and_strangers_are_passed_over():
    problem = changed("participants", "p0", weight=0)
    assert remembered(problem, {"p0": 3, "stranger": 2}) == (problem, [])


def test_without_extra_or_cap_nobody_is_raised():
    assert remembered(PROBLEM, {"p0": 3}, extra=0) == (PROBLEM, [])
    assert remembered(PROBLEM, {"p0": 3}, cap=0) == (PROBLEM, [])


def test_a_weight_stays_within_the_format():
    problem = changed("participants", "p0", weight=10**9 - 1)
    raised, _ = remembered(problem, {"p0": 3})
    assert raised.participants[0].weight == 10**9


def test_who_was_left_out_is_placed_the_next_time():
    problem = crowd(4, 0, (2, 0))
    first = solve(problem)
    again, raises = remembered(problem, periods_left_out([first]))
    assert len(raises) == 2
    second = solve(replace(again, name="next"))
    assert {line.participant for line in second.assignments} == {
        row["participant"] for row in first.unplaced
    }
