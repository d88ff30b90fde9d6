"""HiGHS through ``ortools.math_opt``, on one model of the whole problem."""

from __future__ import annotations

from collections.abc import Sequence

from scheduler.model import Rows, Term
from scheduler.outcome import Outcome
from scheduler.problem import Problem
from scheduler.result import Result
from scheduler.second_opinion import second_opinion
from tests.bench.methods.lexicographic import lexicographic


def method(problem: Problem, seconds: float) -> Result:
    """The result of HiGHS, each level begun afresh."""
    return lexicographic(problem, seconds, maximise)


def maximise(
    rows: Rows, terms: Sequence[Term], _start: Sequence[int] | None, seconds: float
) -> Outcome:
    """HiGHS's best within the seconds."""
    return second_opinion(rows, terms, seconds)
