"""One command in a process of its own: how it ended, and what it took of the machine."""

from __future__ import annotations

import os
import resource
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from scheduler.child import OUT_OF_MEMORY as SIGNS_OF_MEMORY

ROOT = Path(__file__).parents[2]
SAMPLE_SECONDS = 0.1
OUT_OF_TIME = "out of time"
OUT_OF_MEMORY = "out of memory"
FAILED = "failed"
PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class Run:
    """``trouble`` is None for a command that ended by itself without an error of its own."""

    code: int  # as of ``subprocess``: negative for a signal
    wall: float  # seconds, start of the interpreter included
    cpu: float  # seconds, of all its processes
    peak: int  # bytes resident in all its processes together
    said: str  # the last line of its standard error
    trouble: str | None = None  # OUT_OF_TIME, OUT_OF_MEMORY or FAILED


def run(
    module: str,
    *arguments: object,
    seconds: float,
    memory: int,
    good: Sequence[int] = (0,),
) -> Run:
    """Run ``python -m module``; kill it after ``seconds`` or once it holds ``memory`` bytes.

    ``good`` are the exit codes that are answers.
    """
    command = [sys.executable, "-m", module, *map(str, arguments)]
    began = time.monotonic()
    with tempfile.TemporaryFile() as complaints:
        child = subprocess.Popen(
            command,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=complaints,
            start_new_session=True,
        )
        try:
            killed, seen = _watch(child.pid, began + seconds, memory)
        finally:
            os.killpg(child.pid, signal.SIGKILL)
            _, status, usage = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
        wall = time.monotonic() - began
        complaints.seek(0)
        said = complaints.read().decode(errors="replace").strip()
    return Run(
        child.returncode,
        wall,
        usage.ru_utime + usage.ru_stime,
        max(seen, _largest(usage)),
        said.splitlines()[-1] if said else "",
        killed or _trouble(child.returncode, said, good),
    )


def _trouble(code: int, said: str, good: Sequence[int]) -> str | None:
    if code in good:
        return None
    return OUT_OF_MEMORY if any(sign in said for sign in SIGNS_OF_MEMORY) else FAILED


def _largest(usage: resource.struct_rusage) -> int:
    """The peak of the largest process in bytes; 0 where it is not known.

    On Linux a child's begins with its parent's, so that only a larger one says something.
    """
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return usage.ru_maxrss * 1024 if usage.ru_maxrss > own else 0


def _watch(leader: int, end: float, memory: int) -> tuple[str | None, int]:
    """Wait for the end of a process, or of its time or memory; the most memory seen."""
    peak = 0
    ended = select.poll()
    descriptor = os.pidfd_open(leader)
    try:
        ended.register(descriptor, select.POLLIN)
        while not ended.poll(SAMPLE_SECONDS * 1000):
            peak = max(peak, _resident(leader))
            if peak > memory:
                return OUT_OF_MEMORY, peak
            if time.monotonic() > end:
                return OUT_OF_TIME, peak
    finally:
        os.close(descriptor)
    return None, peak


def _resident(leader: int) -> int:
    """Bytes resident in all processes of the leader's session."""
    total = 0
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue  # it ended while we looked
        if int(fields[3]) == leader:
            total += int(fields[21]) * PAGE
    return total
