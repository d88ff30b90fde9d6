"""Visits among others of a window, those of no minutes too."""

from __future__ import annotations

from dataclasses import replace

from scheduler.check import Facts, known
from scheduler.check.plan import broken
from scheduler.problem import Coaching, Window, Wish
from scheduler.questions.published import Published
from scheduler.questions.visit_times import one_after_another
from scheduler.result import Assignment
from tests.scheduler.tiny_plan import PROBLEM, changed, slot


def test_a_visit_of_no_minutes_is_not_put_where_the_window_before_ends() -> None:
    """Another venue is visited in the window before (H10)."""
    windows = (Window(0, 480, 600), Window(0, 600, 720))
    problem = changed("coaches", "c0", availability=windows)
    late = (slot(11, 10, 12), slot(18, 10, 12))
    passing = replace(
        PROBLEM.groups[0], id="g2", measure="kitchen", venue="v1", slots=late, coaching=Coaching(0)
    )
    problem = changed("groups", "g0", problem, slots=(slot(11, 8, 10), slot(18, 8, 10)))
    problem = replace(problem, groups=(*problem.groups, passing))
    problem = changed("participants", "p1", problem, wishes=(Wish(1, measure="kitchen"),))
    plan = [Assignment("p0", "g0", 1, "c0", Window(0, 480, 540))]
    published = Published(problem, plan)
    joined = published.attempt([], [(1, 2)])
    assert joined is not None
    after = published.after(published.moves([], joined))
    facts = Facts(problem)
    counted, wrong = known(facts, after)
    assert [*wrong, *broken(facts, counted)] == []


def test_visits_of_no_minutes_come_behind_the_others_when_a_window_is_closed_up() -> None:
    window = Window(0, 480, 720)
    visits = [Window(0, 500, 500), Window(0, 600, 660), Window(0, 700, 700)]
    lines = [Assignment(f"p{i}", "g", 1, "c", visit) for i, visit in enumerate(visits)]
    moved = [line.visit for line in one_after_another(window, lines)]
    assert moved == [Window(0, 540, 540), Window(0, 480, 540), Window(0, 540, 540)]
