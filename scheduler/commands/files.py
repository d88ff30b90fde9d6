"""What every command does with its files and arguments, and how it refuses."""

from __future__ import annotations

import argparse
import gc
import gzip
import hashlib
import json
import math
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from scheduler import jsonio
from scheduler.problem import InvalidProblemError, Problem
from scheduler.result import Result


class RefusedError(Exception):
    """The command cannot be done as asked; the text is for the person who asked."""


def seconds(text: str) -> float:
    found = float(text)
    if not (math.isfinite(found) and found >= 0):
        raise argparse.ArgumentTypeError(f"{text} is no number of seconds")
    return found


def whole(least: int, most: int) -> Callable[[str], int]:
    def integer(text: str) -> int:
        number = int(text)
        if not least <= number <= most:
            raise argparse.ArgumentTypeError(f"{text} is not from {least} to {most}")
        return number

    return integer


def one_line(text: str) -> str:
    """The text without what would break the line: an id may hold anything."""
    return "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in text)


def read_problem(path: str) -> tuple[Problem, str]:
    data = read(path)
    try:
        problem = jsonio.read(data)
    except InvalidProblemError as error:
        faults = "\n".join(
            one_line(f"{fault.path}: {fault.reason} ({fault.value!r})") for fault in error.faults
        )
        raise RefusedError(f"{path}: invalid problem\n{faults}") from error
    gc.freeze()  # the problem stays to the end: a million objects not to be walked again and again
    return problem, hashlib.sha256(jsonio.uncompressed(data)).hexdigest()


def read_plan(path: str) -> Result:
    """What a solution file says, which must hold a plan."""
    try:
        result = jsonio.read_solution(read(path)).result
    except (jsonio.UnreadableError, jsonio.InvalidSolutionError) as error:
        raise RefusedError(f"{path}: {error}") from error
    if result.status not in ("optimal", "feasible"):
        raise RefusedError(f"{path}: holds no plan, its status is {result.status}")
    return result


def check_writable(path: Path | None) -> None:
    """Refuses a file that cannot be written: better now than after an hour of solving."""
    if path and (path.is_dir() or not path.parent.is_dir()):
        raise RefusedError(f"{path}: cannot be written there")


def read(path: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
    except (OSError, ValueError) as error:
        raise RefusedError(f"{path}: {error}") from error


def write_answer(answer: dict[str, Any] | Iterable[str]) -> None:
    """The answer to a question on standard output: one JSON object, or lines for people."""
    if isinstance(answer, dict):
        text = json.dumps(answer, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    else:
        text = "".join(f"{one_line(line)}\n" for line in answer)
    write(None, text.encode())


def write(path: Path | None, data: bytes) -> None:
    try:
        if path is None:
            sys.stdout.buffer.write(data)
            sys.stdout.flush()
        else:
            path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    except OSError as error:
        raise RefusedError(f"{path or '-'}: {error}") from error
