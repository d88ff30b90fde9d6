"""Solving in a process of its own, which may be limited, stopped and lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from scheduler.child import (
    SolverError,
    SolverKilledError,
    SolverOutOfMemoryError,
    solve_in_child,
)
from scheduler.params import Params
from scheduler.problem import InvalidProblemError
from scheduler.result import Progress

__all__ = ["InvalidProblemError", "NoAnswerError", "Progress", "solve"]


class NoAnswerError(Exception):
    """The solver's process ended without an answer; ``code`` says how."""

    def __init__(self, code: str, text: str) -> None:
        self.code = code  # out_of_memory, killed, error
        super().__init__(f"{code}: {text}")


def solve(
    problem: bytes,
    *,
    seconds: int,
    memory_mb: int,
    on_progress: Callable[[Progress], None],
    should_stop: Callable[[], bool],
) -> dict[str, Any]:
    """Return the solution document of a problem file.

    ``should_stop`` is asked a few times a second; when it says so, the best plan found is the
    answer. Raise NoAnswerError, or InvalidProblemError before anything is started.
    """
    try:
        return solve_in_child(
            problem,
            Params(time_limit=seconds),
            memory_mb=memory_mb,
            on_progress=on_progress,
            should_stop=should_stop,
        )
    except SolverOutOfMemoryError as error:
        raise NoAnswerError("out_of_memory", str(error)) from error
    except SolverKilledError as error:
        raise NoAnswerError("killed", str(error)) from error
    except SolverError as error:
        raise NoAnswerError("error", str(error)) from error
