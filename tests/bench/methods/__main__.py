"""One method on one problem, as a command; the exit codes are those of ``solve``."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from scheduler import jsonio
from scheduler.commands.files import read_problem, seconds
from scheduler.commands.solve import EXIT_CODES
from tests.bench.methods import MODULES, method
from tests.bench.methods.listed import NoPlanError

NO_PLAN = 1


def main() -> int:
    began = time.monotonic()
    parser = argparse.ArgumentParser(prog="python -m tests.bench.methods")
    parser.add_argument("name", choices=MODULES)
    parser.add_argument("problem")
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--time-limit", type=seconds, required=True)
    args = parser.parse_args()
    problem, sha256 = read_problem(args.problem)
    try:
        result = method(args.name)(problem, args.time_limit - (time.monotonic() - began))
    except NoPlanError as error:
        print(error, file=sys.stderr)
        return NO_PLAN
    args.output.write_bytes(jsonio.dump_solution(result, problem, sha256))
    return EXIT_CODES[result.status]


if __name__ == "__main__":
    sys.exit(main())
