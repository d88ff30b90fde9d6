"""A solve in a process of its own: limited in memory, stoppable, and gone when its parent is.

The parent writes one line of parameters and the problem to the child's standard input and closes
it; the child answers with JSON lines: ``{"progress": ...}`` as it goes, then ``{"solution": ...}``
or ``{"error": ...}``. SIGTERM asks the child for the best plan so far.
"""

from __future__ import annotations

import hashlib
import json
import os
import queue
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

from scheduler import jsonio
from scheduler.forked import die_with
from scheduler.params import Params
from scheduler.problem import InvalidProblemError
from scheduler.result import Progress

POLL_SECONDS = 0.2
GRACE_SECONDS = 180.0  # reasons and the check of 40 000 people take their time
MEBIBYTE = 1 << 20
OUT_OF_MEMORY = (
    "MemoryError",
    "Memory allocation",
    "bad_alloc",
    "allocate memory",
    "map segment",
    "out of memory",
)


class SolverError(RuntimeError):
    """The child gave no solution."""


class SolverOutOfMemoryError(SolverError):
    """The child reached its memory limit."""


class SolverKilledError(SolverError):
    """The child was killed: by the system, by somebody, or by us after it would not stop."""


class SolverFailedError(SolverError):
    """The child gave up with the error in the text."""


def solve_in_child(
    problem: bytes,
    params: Params,
    *,
    memory_mb: int | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
    grace: float = GRACE_SECONDS,
) -> dict[str, Any]:
    """Solve the bytes of a problem file; returns the solution document (exchange format).

    ``should_stop`` is asked a few times a second; once true, the child is asked for the best plan
    so far and killed if it has not answered ``grace`` seconds later. Raises
    ``InvalidProblemError`` before any child is started, and the errors above.
    """
    jsonio.read(problem)
    head = json.dumps({"params": asdict(params), "memory_mb": memory_mb, "parent": os.getpid()})
    with tempfile.TemporaryFile() as complaints, _start(complaints) as child:
        lines: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        feeder = threading.Thread(
            target=_feed, args=(child, head.encode() + b"\n" + problem), daemon=True
        )
        reader = threading.Thread(target=_hear, args=(child, lines), daemon=True)
        feeder.start()
        reader.start()
        try:
            answer = _follow(child, lines, on_progress, should_stop, grace)
        finally:
            child.kill()
            child.wait()
            feeder.join()
            reader.join()
        if answer is None:
            complaints.seek(0)
            raise _failure(child.returncode, complaints.read().decode(errors="replace"))
    if "error" in answer:
        kind = SolverOutOfMemoryError if answer.get("memory") else SolverFailedError
        raise kind(answer["error"])
    solution: dict[str, Any] = answer["solution"]
    return solution


def _start(complaints: IO[bytes]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "scheduler.child"],
        cwd=Path(__file__).parents[1],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=complaints,
    )


def _feed(child: subprocess.Popen[bytes], data: bytes) -> None:
    assert child.stdin is not None
    try:
        child.stdin.write(data)
        child.stdin.close()
    except BrokenPipeError:
        return  # the child is gone; its end tells why


def _hear(child: subprocess.Popen[bytes], lines: queue.SimpleQueue[dict[str, Any] | None]) -> None:
    assert child.stdout is not None
    for line in child.stdout:
        if line.endswith(b"\n"):  # a killed child may leave half a line
            lines.put(json.loads(line))
    lines.put(None)


def _follow(
    child: subprocess.Popen[bytes],
    lines: queue.SimpleQueue[dict[str, Any] | None],
    on_progress: Callable[[Progress], None] | None,
    should_stop: Callable[[], bool] | None,
    grace: float,
) -> dict[str, Any] | None:
    """The child's last line, or None when it ended without one."""
    asked_at: float | None = None
    while True:
        try:
            line = lines.get(timeout=POLL_SECONDS)
        except queue.Empty:
            line = {}
        if line is None:
            child.wait()
            return None
        if "solution" in line or "error" in line:
            return line
        if "progress" in line and on_progress is not None:
            on_progress(_progress(line["progress"]))
        if asked_at is None and should_stop is not None and should_stop():
            asked_at = time.monotonic()
            child.terminate()
        if asked_at is not None and time.monotonic() - asked_at > grace:
            raise SolverKilledError(f"did not stop within {grace:g} seconds")


def _progress(raw: dict[str, Any]) -> Progress:
    for key in ("value", "bound"):
        if isinstance(raw[key], list):
            raw[key] = tuple(raw[key])
    return Progress(**raw)


def _failure(code: int, complaint: str) -> SolverError:
    # Where memory runs out outside Python, the C++ runtime says so on its way down.
    if any(words in complaint for words in OUT_OF_MEMORY):
        return SolverOutOfMemoryError("the memory limit was reached")
    if code < 0:
        return SolverKilledError(f"ended by {signal.Signals(-code).name}")
    last = complaint.strip().splitlines()[-1:] or [f"ended with code {code}"]
    return SolverFailedError(last[0])


def main() -> int:
    """The child's side."""
    head = json.loads(sys.stdin.buffer.readline())
    die_with(head["parent"])
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda _number, _frame: stop.set())
    if head["memory_mb"] is not None:
        limit = head["memory_mb"] * MEBIBYTE
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    try:
        _answer({"solution": _solution(sys.stdin.buffer.read(), Params(**head["params"]), stop)})
    except MemoryError:
        _answer({"error": "the memory limit was reached", "memory": True})
        return 1
    except InvalidProblemError as error:
        _answer({"error": str(error)})
        return 1
    return 0


def _solution(data: bytes, params: Params, stop: threading.Event) -> dict[str, Any]:
    from scheduler.solve import solve  # here, under the memory limit

    problem = jsonio.read(data)
    result = solve(
        problem,
        params,
        on_progress=lambda progress: _answer({"progress": asdict(progress)}),
        should_stop=stop.is_set,
    )
    sha256 = hashlib.sha256(jsonio.uncompressed(data)).hexdigest()
    return jsonio.solution_document(result, problem, sha256)


def _answer(line: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
