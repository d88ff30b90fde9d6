"""What every command does with its files and arguments, and how it refuses."""

from __future__ import annotations

import argparse
import gc
import gzip
import hashlib
import math
import sys
from collections.abc import Callable
from pathlib import Path

from scheduler import jsonio
from scheduler.problem import InvalidProblemError, Problem


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


def read(path: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
    except (OSError, ValueError) as error:
        raise RefusedError(f"{path}: {error}") from error


def write(path: Path | None, data: bytes) -> None:
    try:
        if path is None:
            sys.stdout.buffer.write(data)
            sys.stdout.flush()
        else:
            path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    except OSError as error:
        raise RefusedError(f"{path or '-'}: {error}") from error
