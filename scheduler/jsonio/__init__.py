"""The exchange format: bytes to values and back, every fault of a file told at once."""

from scheduler.jsonio.problem_in import problem_from, read
from scheduler.jsonio.problem_out import dump_problem, problem_document
from scheduler.jsonio.reading import UnreadableError, uncompressed

__all__ = [
    "UnreadableError",
    "dump_problem",
    "problem_document",
    "problem_from",
    "read",
    "uncompressed",
]
