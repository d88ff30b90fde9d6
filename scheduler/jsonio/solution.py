"""Writing and reading ``croisee-solution/1``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from scheduler.jsonio.problem_out import pair_document, window_document
from scheduler.jsonio.reading import Read, Reader, UnreadableError, json_value
from scheduler.jsonio.writing import one_row_a_line
from scheduler.problem import Fault, Pair, Problem, Window
from scheduler.result import Assignment, Conflict, Result, TierValue, Value

FORMAT = "croisee-solution/1"
MAX_VALUE = 2**53  # beyond every sum of a valid problem, and exact in a double
STATUSES = ("optimal", "feasible", "infeasible", "unknown")


class InvalidSolutionError(ValueError):
    """A solution whose parts are not what the exchange format says; ``faults`` holds all."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults
        super().__init__("\n".join(f"{f.path}: {f.reason} ({f.value!r})" for f in faults))


@dataclass(frozen=True, slots=True)
class Solution:
    """A solution as read: the result, and which problem it says it is for."""

    result: Result
    problem_name: str
    sha256: str


def solution_document(result: Result, problem: Problem, sha256: str) -> dict[str, Any]:
    """The result as a JSON object; ``sha256`` is that of the uncompressed problem file."""
    document = {
        "format": FORMAT,
        "problem": {"name": problem.name, "sha256": sha256},
        "status": result.status,
        "assignments": [
            {
                "participant": assignment.participant,
                "group": assignment.group,
                "rank": assignment.rank,
                "coach": assignment.coach,
                "visit": assignment.visit and window_document(assignment.visit),
            }
            for assignment in result.assignments
        ],
        "tiers": [
            {
                "name": tier.name,
                "value": _value_document(tier.value),
                "bound": _value_document(tier.bound),
                "proven": tier.proven,
            }
            for tier in result.tiers
        ],
        "unplaced": list(result.unplaced),
    }
    if result.conflict is not None:
        document["conflict"] = {
            "pins": [
                pair_document(Pair(pin.participant, pin.group)) for pin in result.conflict.pins
            ],
            "rules": list(result.conflict.rules),
            "text": result.conflict.text,
        }
    return document | {"run": result.run}


def dump_solution(result: Result, problem: Problem, sha256: str) -> bytes:
    """The result as the bytes of an exchange file."""
    return one_row_a_line(solution_document(result, problem, sha256))


def _value_document(value: Value | None) -> int | list[int] | None:
    return list(value) if isinstance(value, tuple) else value


def read_solution(data: bytes) -> Solution:
    """The solution in the bytes of a file, gzipped or not.

    Raises UnreadableError where they are no solution file at all, InvalidSolutionError with every
    part of one that is not what it must be. Whether the plan is any good, ``check`` says.
    """
    value = json_value(data)
    if not isinstance(value, dict) or value.get("format") != FORMAT:
        raise UnreadableError(f"not a {FORMAT}")
    reader = _SolutionReader()
    solution = reader.solution(value)
    if reader.faults or solution is None:
        raise InvalidSolutionError(reader.faults)
    return solution


class _SolutionReader(Reader):
    def solution(self, value: Any) -> Solution | None:
        raw = self.members(value, "$", ("format", "problem", "status"), None)
        about = self.field(raw, "problem", "$", self._about, None)
        status = self.field(raw, "status", "$", lambda v, p: self.choice(v, p, STATUSES), None)
        result = Result(
            status=status or "",
            assignments=self.field(raw, "assignments", "$", self.each(self._assignment), ()),
            tiers=self.field(raw, "tiers", "$", self.each(self._tier), ()),
            unplaced=self.field(raw, "unplaced", "$", self.each(self._unplaced), ()),
            conflict=self.field(raw, "conflict", "$", self.nullable(self._conflict), None),
            run=self.field(raw, "run", "$", lambda v, p: self.members(v, p, (), None), {}),
        )
        return None if about is None else Solution(result, *about)

    def _about(self, value: Any, path: str) -> tuple[str, str] | None:
        raw = self.members(value, path, ("name", "sha256"), None)
        name = self.field(raw, "name", path, self.text, None)
        sha256 = self.field(raw, "sha256", path, self.text, None)
        return None if name is None or sha256 is None else (name, sha256)

    def _assignment(self, value: Any, path: str) -> Assignment | None:
        raw = self.members(value, path, ("participant", "group"), None)
        participant = self.field(raw, "participant", path, self.text, None)
        group = self.field(raw, "group", path, self.text, None)
        rank = self.field(raw, "rank", path, self.nullable(self.whole), None)
        coach = self.field(raw, "coach", path, self.nullable(self.text), None)
        visit = self.field(raw, "visit", path, self.nullable(self._visit), None)
        if participant is None or group is None:
            return None
        return Assignment(participant, group, rank, coach, visit)

    def _visit(self, value: Any, path: str) -> Window | None:
        return self.window(value, path, shortest=0)

    def _tier(self, value: Any, path: str) -> TierValue | None:
        raw = self.members(value, path, ("name", "value", "proven"), None)
        name = self.field(raw, "name", path, self.text, None)
        found = self.field(raw, "value", path, self._value, None)
        bound = self.field(raw, "bound", path, self.nullable(self._value), None)
        proven = self.field(raw, "proven", path, self._truth, None)
        if name is None or found is None or proven is None:
            return None
        return TierValue(name, found, bound, proven)

    def whole(self, value: Any, path: str) -> int | None:
        """An integer of any sign: what a solution says may be wrong and is no fault of its form."""
        return self.integer(value, path, -MAX_VALUE, MAX_VALUE)

    def _value(self, value: Any, path: str) -> Value | None:
        if isinstance(value, list):
            return self.each(self.whole)(value, path)
        return self.whole(value, path)

    def _truth(self, value: Any, path: str) -> bool | None:
        if isinstance(value, bool):
            return value
        self.fault(path, value, "expected true or false")
        return None

    def _unplaced(self, value: Any, path: str) -> dict[str, Any]:
        raw = self.members(value, path, ("participant",), None)
        self.field(raw, "participant", path, self.text, None)
        self.field(raw, "wishes", path, self.each(self._wish), ())
        return raw

    def _wish(self, value: Any, path: str) -> dict[str, Any]:
        raw = self.members(value, path, ("rank",), None)
        self.field(raw, "rank", path, self.nullable(self.whole), None)
        for key in ("measure", "group"):
            self.field(raw, key, path, self.nullable(self.text), None)
        self.field(raw, "groups", path, self.each(self._reasons), ())
        self.field(raw, "summary", path, self._summary, None)
        return raw

    def _reasons(self, value: Any, path: str) -> dict[str, Any]:
        raw = self.members(value, path, ("group", "reasons"), None)
        self.field(raw, "group", path, self.text, None)
        self.field(raw, "reasons", path, self.each(self._reason), ())
        return raw

    def _reason(self, value: Any, path: str) -> dict[str, Any]:
        raw = self.members(value, path, ("rule",), None)
        self.field(raw, "rule", path, self.text, None)
        return raw

    def _summary(self, value: Any, path: str) -> dict[str, Any]:
        raw = self.members(value, path, (), None)
        for rule, count in raw.items():
            self.integer(count, f"{path}.{rule}")
        return raw

    def _conflict(self, value: Any, path: str) -> Conflict | None:
        raw = self.members(value, path, ("pins", "rules", "text"), None)
        pins = self.field(raw, "pins", path, self.each(self._pin), ())
        rules: Read[tuple[str, ...]] = self.each(self.text)
        text = self.field(raw, "text", path, self.text, None)
        return Conflict(pins, self.field(raw, "rules", path, rules, ()), text or "")

    def _pin(self, value: Any, path: str) -> Pair | None:
        raw = self.members(value, path, ("participant", "group"), None)
        participant = self.field(raw, "participant", path, self.text, None)
        group = self.field(raw, "group", path, self.text, None)
        return None if participant is None or group is None else Pair(participant, group)
