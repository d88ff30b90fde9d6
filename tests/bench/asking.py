"""How long one question takes, asked once or of several people, as one command."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from random import Random

from scheduler.commands.files import read_plan, read_problem, seconds
from scheduler.options import find_options
from scheduler.params import Params
from scheduler.problem import Pair, Problem
from scheduler.questions.again import plan_again
from scheduler.questions.fairness import fairness
from scheduler.questions.places import best_places
from scheduler.questions.published import Published
from scheduler.questions.relaxing import relaxation
from scheduler.questions.unlock import what_would_place
from scheduler.questions.what_if import what_if
from scheduler.questions.worth import worth as what_more_is_worth
from scheduler.result import Result
from tests.scheduler.questions.smaller import without_participant

Ask = Callable[[], object]
NUM_PEOPLE = 20


def drawn(people: Sequence[str], num: int = NUM_PEOPLE) -> list[str]:
    """Some of the people, always the same."""
    return Random(0).sample(people, min(num, len(people)))  # noqa: S311  a sample, no secret


def placed(result: Result) -> list[str]:
    return sorted({line.participant for line in result.assignments})


def places(problem: Problem, result: Result, params: Params) -> Iterator[Ask]:
    published = Published(problem, result.assignments)
    for person in drawn([person.id for person in problem.participants]):
        yield partial(best_places, published, person, 10)


def unlock(problem: Problem, result: Result, params: Params) -> Iterator[Ask]:
    published = Published(problem, result.assignments)
    with_groups = {*placed(result)}
    people = [person.id for person in problem.participants if person.id not in with_groups]
    for person in drawn(people):
        yield partial(what_would_place, published, person)


def worth(problem: Problem, result: Result, params: Params) -> Iterator[Ask]:
    """The change that brings most."""
    yield partial(what_more_is_worth, problem, params, result, 1)


def again(problem: Problem, result: Result, params: Params) -> Iterator[Ask]:
    """One who had a group is gone."""
    (gone,) = drawn(placed(result), 1)
    yield partial(plan_again, without_participant(problem, gone), result.assignments, params)


def forbid(problem: Problem, result: Result, params: Params) -> Iterator[Ask]:
    (person,) = drawn(placed(result), 1)
    line = next(line for line in result.assignments if line.participant == person)
    pairs = [(line.participant, line.group)]
    yield partial(what_if, problem, result.assignments, forbid=pairs, params=params)


def relax(problem: Problem, result: Result, params: Params) -> Iterator[Ask]:
    """One person too many is pinned in a group."""
    options = find_options(problem)
    wanted: dict[int, list[int]] = {}
    for p, g in zip(options.participant.tolist(), options.group.tolist(), strict=True):
        wanted.setdefault(g, []).append(p)
    full = [g for g, people in wanted.items() if len(people) > problem.groups[g].capacity]
    for g in sorted(full, key=lambda g: (problem.groups[g].capacity, g))[:1]:
        group = problem.groups[g]
        people = [problem.participants[p].id for p in wanted[g][: group.capacity + 1]]
        pins = tuple(Pair(person, group.id) for person in people)
        yield partial(relaxation, replace(problem, pins=pins), params)


def fair(problem: Problem, result: Result, params: Params) -> Iterator[Ask]:
    yield partial(fairness, problem, result.assignments, "tags")


QUESTIONS: dict[str, Callable[[Problem, Result, Params], Iterator[Ask]]] = {
    "places": places,
    "unlock": unlock,
    "worth": worth,
    "again": again,
    "what-if": forbid,
    "relax": relax,
    "fairness": fair,
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.asking")
    parser.add_argument("question", choices=QUESTIONS)
    parser.add_argument("problem")
    parser.add_argument("solution")
    parser.add_argument("--time-limit", type=seconds, required=True)
    parser.add_argument("-o", "--output", type=Path, required=True)
    args = parser.parse_args()
    problem, _ = read_problem(args.problem)
    result = read_plan(args.solution)
    began = time.perf_counter()
    asks = [*QUESTIONS[args.question](problem, result, Params(time_limit=args.time_limit))]
    prepared = time.perf_counter() - began
    wall, cpu = [], []
    for ask in asks:
        began, began_cpu = time.perf_counter(), time.process_time()
        ask()
        wall.append(time.perf_counter() - began)
        cpu.append(time.process_time() - began_cpu)
    args.output.write_text(json.dumps({"prepared": prepared, "wall": wall, "cpu": cpu}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
