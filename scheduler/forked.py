"""Plain Python on a list in two processes, where threads would take turns."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import TypeVar

PR_SET_PDEATHSIG = 1

Item = TypeVar("Item")
Found = TypeVar("Found")


def in_two(work: Callable[[Sequence[Item]], list[Found]], items: Sequence[Item]) -> list[Found]:
    """``work(items)``; the second half of the items goes to a fork of this process.

    A fork has none of the threads of this process, so ``work`` must do without engines. Whatever
    becomes of the fork, its half is done: here, if it gave no answer.
    """
    half = len(items) // 2
    context = multiprocessing.get_context("fork")
    answer, there = context.Pipe(duplex=False)
    with answer:
        fork = context.Process(target=_answer, args=(os.getpid(), there, work, items[half:]))
        fork.start()
        there.close()
        try:
            found = work(items[:half])
            try:
                rest: list[Found] = answer.recv()
            except EOFError:  # killed, or short of memory
                rest = work(items[half:])
            return found + rest
        finally:
            fork.kill()
            fork.join()


def _answer(
    parent: int,
    there: Connection,
    work: Callable[[Sequence[Item]], list[Found]],
    items: Sequence[Item],
) -> None:
    die_with(parent)
    with suppress(BrokenPipeError):  # nobody waits any more
        there.send(work(items))


def die_with(parent: int) -> None:
    """Ask the kernel to end this process when its parent ends (Linux; elsewhere nothing)."""
    if not sys.platform.startswith("linux"):
        return
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it ended before we asked
        os._exit(1)
