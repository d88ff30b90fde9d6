"""The exchange format: bytes to values and back, every fault of a file told at once."""

from scheduler.jsonio.labels import InvalidLabelsError, read_labels
from scheduler.jsonio.problem_in import problem_from, read
from scheduler.jsonio.problem_out import dump_problem, problem_document
from scheduler.jsonio.reading import UnreadableError, uncompressed
from scheduler.jsonio.solution import (
    InvalidSolutionError,
    Solution,
    dump_solution,
    read_solution,
    solution_document,
)
from scheduler.jsonio.writing import one_row_a_line

__all__ = [
    "InvalidLabelsError",
    "InvalidSolutionError",
    "Solution",
    "UnreadableError",
    "dump_problem",
    "dump_solution",
    "one_row_a_line",
    "problem_document",
    "problem_from",
    "read",
    "read_labels",
    "read_solution",
    "solution_document",
    "uncompressed",
]
