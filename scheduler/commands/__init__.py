"""The commands of ``python -m scheduler``: one module each, with ``add_to`` and ``run``.

Exit codes are those of the exchange format.
"""

from __future__ import annotations

import argparse
import sys

from scheduler.commands import (
    again,
    check,
    fairness,
    places,
    relax,
    remember,
    solve,
    unlock,
    what_if,
    worth,
)
from scheduler.commands.files import RefusedError
from scheduler.commands.stopping import asked_to_stop, never

REFUSED = 2
COMMANDS = (solve, check, again, what_if, places, unlock, relax, worth, fairness, remember)


def main(argv: list[str] | None = None, *, takes_signals: bool = False) -> int:
    """Run one command; returns its exit code. With ``takes_signals`` the process is ours alone."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # always a text stream here
    parser = argparse.ArgumentParser(
        prog="python -m scheduler", description="Make plans, check them, and ask about them."
    )
    commands = parser.add_subparsers(required=True, metavar="command")
    for command in COMMANDS:
        command.add_to(commands)
    args = parser.parse_args(argv)
    try:
        return int(args.run(args, asked_to_stop() if takes_signals and args.is_long else never))
    except RefusedError as error:
        print(error, file=sys.stderr)
        return REFUSED
