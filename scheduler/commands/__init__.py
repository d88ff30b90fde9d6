"""The commands of ``python -m scheduler``: one module each, with ``add_to`` and ``run``.

Exit codes are those of the exchange format.
"""

from __future__ import annotations

import argparse
import sys
from importlib import import_module

from scheduler.commands.files import RefusedError
from scheduler.commands.stopping import asked_to_stop, never

REFUSED = 2
COMMANDS = (
    "solve",
    "check",
    "again",
    "what-if",
    "places",
    "unlock",
    "relax",
    "worth",
    "fairness",
    "remember",
)


def main(argv: list[str] | None = None, *, takes_signals: bool = False) -> int:
    """Run one command; returns its exit code. With ``takes_signals`` the process is ours alone."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # always a text stream here
    parser = argparse.ArgumentParser(
        prog="python -m scheduler", description="Make plans, check them, and ask about them."
    )
    commands = parser.add_subparsers(required=True, metavar="command")
    argv = sys.argv[1:] if argv is None else argv
    # To import all of them takes longer than to solve a small problem.
    for name in [name for name in COMMANDS if name in argv[:1]] or COMMANDS:
        import_module(f"{__name__}.{name.replace('-', '_')}").add_to(commands)
    args = parser.parse_args(argv)
    try:
        return int(args.run(args, asked_to_stop() if takes_signals and args.is_long else never))
    except RefusedError as error:
        print(error, file=sys.stderr)
        return REFUSED
