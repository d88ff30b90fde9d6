"""Whatever stands in a file, a command answers with an exit code of its own, and in time."""

from __future__ import annotations

import copy
import hashlib
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduler import jsonio
from scheduler.commands import COMMANDS, main
from scheduler.params import Params
from scheduler.solve import solve
from tests.scheduler.mutations import dumped, files, strained
from tests.scheduler.questions.crowd import crowd
from tests.scheduler.small_problems import make_problem

ANSWERS = range(5)
WITH_A_PLAN = 0
SECONDS = 2
PATIENCE = 30  # seconds for one command; far beyond the limit, for a busy machine

LIMIT = ["--time-limit", str(SECONDS), "--workers", "1"]
BOTH = ["problem", "solution", *LIMIT]  # how a command is called that is not named here
ARGUMENTS = {
    "solve": ["problem", "-o", "output", *LIMIT],
    "check": ["problem", "solution"],
    "again": [*BOTH, "--slack", "kept=0.5"],
    "what-if": [*BOTH, "--forbid", "p1", "g1"],
    "places": ["problem", "solution", "p1"],
    "unlock": ["problem", "solution", "p0"],
    "relax": ["problem", *LIMIT],
    "worth": [*BOTH, "--num", "2"],
    "fairness": [*BOTH, "--by", "tags", "--orders", "2", "--mask", "2"],
    "remember": ["problem", "solution", "solution", "-o", "output"],
}
ASKING = [name for name in COMMANDS if "solution" in ARGUMENTS.get(name, BOTH)]

PROBLEMS = [make_problem(seed) for seed in (0, 1, 2, 5, 6)] + [crowd(12, 5, (5, 3))]
DOCUMENTS = [json.loads(jsonio.dump_problem(problem)) for problem in PROBLEMS]
SOLUTIONS = [
    json.loads(
        jsonio.dump_solution(
            solve(problem, Params(workers=1)), problem, hashlib.sha256(dumped(document)).hexdigest()
        )
    )
    for problem, document in zip(PROBLEMS, DOCUMENTS, strict=True)
]
some = st.integers(0, len(PROBLEMS) - 1)
quick = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz")


@contextmanager
def patience(seconds: float) -> Iterator[None]:
    """Fails what goes on for longer, wherever it is."""

    def give_up(_signal: int, _frame: FrameType | None) -> None:
        raise TimeoutError(f"no answer after {seconds} seconds")

    before = signal.signal(signal.SIGALRM, give_up)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def argv(name: str, folder: Path) -> list[str]:
    """The command on the files of the folder."""
    files = {"problem", "solution", "output"}
    words = ARGUMENTS.get(name, BOTH)
    return [name, *(str(folder / word) if word in files else word for word in words)]


def answer(name: str, folder: Path, **contents: bytes) -> int:
    """The exit code of the command, after these files are written."""
    for file, data in contents.items():
        (folder / file).write_bytes(data)
    with patience(PATIENCE):
        return main(argv(name, folder))


@pytest.mark.parametrize("name", COMMANDS)
def test_good_files_are_answered(name, folder, capsys):
    # A command that fails here is called otherwise than BOTH: say in ARGUMENTS how.
    contents = {"problem": dumped(DOCUMENTS[0]), "solution": dumped(SOLUTIONS[0])}
    assert answer(name, folder, **contents) == 0


def any_problem_file(name: str, folder: Path, data: st.DataObject) -> None:
    i = data.draw(some)
    problem = data.draw(files(DOCUMENTS[i]))
    assert answer(name, folder, problem=problem, solution=dumped(SOLUTIONS[i])) in ANSWERS


def any_solution_file(name: str, folder: Path, data: st.DataObject) -> None:
    i = data.draw(some)
    solution = data.draw(files(SOLUTIONS[i]))
    assert answer(name, folder, problem=dumped(DOCUMENTS[i]), solution=solution) in ANSWERS


@pytest.mark.parametrize("name", COMMANDS)
@quick
@given(data=st.data())
def test_any_problem_file_is_answered(name, folder, data):
    any_problem_file(name, folder, data)


@pytest.mark.parametrize("name", ASKING)
@quick
@given(data=st.data())
def test_any_solution_file_is_answered(name, folder, data):
    any_solution_file(name, folder, data)


@quick
@given(labels=files({f"p{i:03}": "north" if i < 7 else "south" for i in range(12)}))
def test_any_file_of_labels_is_answered(folder, labels):
    (folder / "problem").write_bytes(dumped(DOCUMENTS[-1]))
    (folder / "solution").write_bytes(dumped(SOLUTIONS[-1]))
    (folder / "labels").write_bytes(labels)
    command = [*argv("check", folder), "--by", f"file:{folder / 'labels'}"]
    assert main(["fairness", *command[1:]]) in ANSWERS


def ask_everything(problem: bytes, folder: Path) -> None:
    """Solve the problem; where there is a plan it stands, and every command answers about it."""
    code = answer("solve", folder, problem=problem)
    assert code in ANSWERS
    if code != WITH_A_PLAN:
        return
    solution = (folder / "output").read_bytes()
    assert answer("check", folder, solution=solution) == 0
    assert all(answer(name, folder) in ANSWERS for name in ASKING)


@settings(quick, max_examples=10)
@given(problem=some.flatmap(lambda i: strained(DOCUMENTS[i])).map(dumped))
def test_a_plan_of_a_strained_problem_stands(folder, problem):
    ask_everything(problem, folder)


def _each(key: str, **values: object) -> dict[str, object]:
    """The first small problem with the same values in each row of a section."""
    document = copy.deepcopy(DOCUMENTS[0])
    for row in document[key]:
        row.update(values)
    return document


MINUTES = [
    {
        "day": day,
        "start": f"{m // 60:02}:{m % 60:02}",
        "end": f"{(m + 1) // 60:02}:{(m + 1) % 60:02}",
    }
    for day in ("mon", "tue")
    for m in range(24 * 60 - 1)
]
GROUPS = [group["id"] for group in DOCUMENTS[0]["groups"]]
PEOPLE = [person["id"] for person in DOCUMENTS[0]["participants"]]
PAIRS = [[one, other] for one in PEOPLE for other in PEOPLE if one != other]
FAR_RANKS = [{"group": id_, "rank": 1000 - 99 * i} for i, id_ in enumerate(GROUPS)]
HEAVY = {
    "capacities": _each("groups", capacity=10**9, min_size=0),
    "minimum sizes": _each("groups", capacity=10**9, min_size=10**9),
    "no room": _each("groups", capacity=0, min_size=0),
    "visits of no length": _each("groups", coaching={"visit_minutes": 0}, venue="v0"),
    "visits without end": _each("groups", coaching={"visit_minutes": 10**9}, venue="v0"),
    "caseloads": _each("coaches", caseload=10**9, minutes_per_week=10**9),
    "weights": _each("participants", weight=10**9, max_groups=10**9),
    "weights of nothing": _each("participants", weight=0),
    "windows of coaches": _each("coaches", availability=MINUTES),
    "windows of people": _each("participants", availability=MINUTES),
    "absences": _each("participants", absences=[["2027-01-12", "2027-01-13"]] * 1000),
    "certificates": _each("participants", holds=[{"tag": "certificate"}] * 1000),
    "wishes": _each("participants", wishes=FAR_RANKS * 100),
    **{
        f"ranks, {how}": {**_each("participants", wishes=FAR_RANKS), "policy": {"wishes": how}}
        for how in ("weighted", "rank-maximal", "generous")
    },
    "apart": {**DOCUMENTS[0], "apart": PAIRS * 20},
    "together": {**DOCUMENTS[0], "together": PAIRS * 20},
    "quotas": {**DOCUMENTS[0], "quotas": [{"groups": GROUPS, "max": i % 5} for i in range(500)]},
    "utilities": {**DOCUMENTS[0], "policy": {"rank_utility": [10**9]}},
    "a walk of years": {
        **DOCUMENTS[0],
        "policy": {"travel": {"detour": 1000, "speed_kmh": 0.01}},
    },
    "no objective": {**DOCUMENTS[0], "policy": {"objective": []}},
    "slack": {**DOCUMENTS[0], "policy": {"slack": {"served": 1, "wishes": 1, "kept": 1}}},
    "all of time": {
        **DOCUMENTS[0],
        "horizon": {"start": "0001-01-01", "end": "9999-12-31", "timezone": "Europe/Paris"},
    },
}


TAKES_SECONDS = ("wishes", "ranks, rank-maximal", "ranks, generous")  # a level for each rank


@pytest.mark.parametrize(
    "what",
    [
        pytest.param(what, marks=[pytest.mark.slow] if what in TAKES_SECONDS else [])
        for what in HEAVY
    ],
)
def test_what_is_heavy_yet_allowed_is_answered_in_time(what, folder):
    jsonio.problem_from(HEAVY[what])
    ask_everything(dumped(HEAVY[what]), folder)


@pytest.mark.slow
@pytest.mark.parametrize("name", COMMANDS)
@settings(quick, max_examples=50)
@given(data=st.data())
def test_many_problem_files_are_answered(name, folder, data):
    any_problem_file(name, folder, data)


@pytest.mark.slow
@pytest.mark.parametrize("name", ASKING)
@settings(quick, max_examples=50)
@given(data=st.data())
def test_many_solution_files_are_answered(name, folder, data):
    any_solution_file(name, folder, data)


@pytest.mark.slow
@settings(quick, max_examples=15)
@given(problem=some.flatmap(lambda i: strained(DOCUMENTS[i])).map(dumped))
def test_many_plans_of_strained_problems_stand(folder, problem):
    ask_everything(problem, folder)


@pytest.mark.slow
@pytest.mark.parametrize("name", COMMANDS)
@settings(quick, max_examples=3)
@given(data=st.data())
def test_a_process_of_its_own_never_shows_a_traceback(name, folder, data):
    i = data.draw(some)
    in_problem = data.draw(st.booleans())
    (folder / "problem").write_bytes(
        data.draw(files(DOCUMENTS[i])) if in_problem else dumped(DOCUMENTS[i])
    )
    (folder / "solution").write_bytes(
        dumped(SOLUTIONS[i]) if in_problem else data.draw(files(SOLUTIONS[i]))
    )
    done = subprocess.run(
        [sys.executable, "-m", "scheduler", *argv(name, folder)],
        capture_output=True,
        timeout=2 * PATIENCE,
    )
    assert done.returncode in ANSWERS
    assert b"Traceback" not in done.stderr
