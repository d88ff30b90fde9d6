"""Plain Python on a list in two processes, where threads would take turns."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Sequence
from typing import TypeVar

PR_SET_PDEATHSIG = 1

Item = TypeVar("Item")
Found = TypeVar("Found")


def in_two(work: Callable[[Sequence[Item]], list[Found]], items: Sequence[Item]) -> list[Found]:
    """``work(items)``; the second half of the items goes to a fork of this process.

    A fork has none of the threads of this process, so ``work`` must do without engines. Whatever
    becomes of the fork, its half is done: here, if it gave no answer. Raises what ``work`` raises.
    """
    half = len(items) // 2
    context = multiprocessing.get_context("fork")
    answer, there = context.Pipe(duplex=False)

    def answer_there() -> None:
        answer.close()  # or it would wait for itself, were nobody else to read
        die_with(parent)
        there.send(work(items[half:]))

    parent, fork = os.getpid(), context.Process(target=answer_there)
    with answer:
        try:
            with there:
                fork.start()
        except OSError:  # the system has no process left
            return work(items)
        try:
            found = work(items[:half])
            try:
                rest: list[Found] = answer.recv()
            except (EOFError, OSError):  # killed, or short of memory, before or while it answered
                rest = work(items[half:])
            return found + rest
        finally:
            fork.kill()
            fork.join()


def die_with(parent: int) -> None:
    """Ask the kernel to end this process when its parent ends (Linux; elsewhere nothing)."""
    if not sys.platform.startswith("linux"):
        return
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it ended before we asked
        os._exit(1)
