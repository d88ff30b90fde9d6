"""The limits of a problem that people can agree to change: as a change, in words, in its rows."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import Any

from scheduler.jsonio.problem_out import window_document, window_text
from scheduler.model import Model
from scheduler.problem import Problem, Window

ROWS = {
    "capacity": "groups",
    "min_size": "groups",
    "caseload": "coaches",
    "minutes_per_week": "coaches",
    "max_groups": "participants",
    "max_minutes_per_week": "participants",
}
NAMES = {"groups": "group", "coaches": "coach", "participants": "participant"}
AGREEMENTS = ("apart", "together", "pin")  # taken back as a whole


@dataclass(frozen=True, slots=True)
class Change:
    """One limit of a problem changed, or one agreement taken back.

    ``kind`` is the name of the limit; ``ids`` says whose: a group, a coach, a participant, the
    position of a quota, two participants (``apart``, ``together``), a participant and a group
    (``pin``). A coach's ``window`` changes as a whole. What is taken back has no ``before``.
    """

    kind: str
    ids: tuple[str, ...]
    before: int | Window | None = None
    after: int | Window | None = None

    @property
    def amount(self) -> int:
        """By how many people, groups or minutes; one for what is taken back."""
        before, after = self.before, self.after
        if isinstance(before, Window) and isinstance(after, Window):
            return after.end - after.start - (before.end - before.start)
        if isinstance(before, int) and isinstance(after, int):
            return abs(after - before)
        return 1


def applied(problem: Problem, *changes: Change) -> Problem:
    """The same problem with the changes made."""
    for change in changes:
        problem = _applied(problem, change)
    return problem


def _applied(problem: Problem, change: Change) -> Problem:
    kind, ids = change.kind, change.ids
    if kind in ROWS:
        return _with_row(problem, ROWS[kind], ids[0], **{kind: change.after})
    if kind == "window":
        coach = next(coach for coach in problem.coaches if coach.id == ids[0])
        windows = tuple(change.after if w == change.before else w for w in coach.availability)
        return _with_row(problem, "coaches", ids[0], availability=windows)
    if kind == "quota":
        quotas = list(problem.quotas)
        assert isinstance(change.after, int)
        quotas[int(ids[0])] = replace(quotas[int(ids[0])], max=change.after)
        return replace(problem, quotas=tuple(quotas))
    if kind == "pin":
        left = tuple(pin for pin in problem.pins if (pin.participant, pin.group) != ids)
        return replace(problem, pins=left)
    kept = tuple(pair for pair in getattr(problem, kind) if set(pair) != set(ids))
    pairs: dict[str, Any] = {kind: kept}
    return replace(problem, **pairs)


def _with_row(problem: Problem, field: str, id_: str, **values: Any) -> Problem:
    rows = tuple(
        replace(row, **values) if row.id == id_ else row for row in getattr(problem, field)
    )
    changed: dict[str, Any] = {field: rows}
    return replace(problem, **changed)


def document(change: Change) -> dict[str, Any]:
    """The change as a JSON object."""
    kind, ids = change.kind, change.ids
    found: dict[str, Any] = {"kind": kind}
    if kind == "pin":
        found |= {"participant": ids[0], "group": ids[1]}
    elif kind in AGREEMENTS:
        found["participants"] = list(ids)
    elif kind == "quota":
        found["quota"] = int(ids[0])
    else:
        found["coach" if kind == "window" else NAMES[ROWS[kind]]] = ids[0]
    if change.after is not None:
        found |= {"before": _shown(change.before), "after": _shown(change.after)}
    return found


def _shown(value: int | Window | None) -> object:
    return window_document(value) if isinstance(value, Window) else value


def words(change: Change) -> str:
    """The change as something that people can agree to."""
    first, last = change.ids[0], change.ids[-1]
    before, after, by = change.before, change.after, change.amount
    if isinstance(before, Window) and isinstance(after, Window):
        told = f"{window_text(before)}: {window_text(after)}"
        return f"{by} minutes more for coach {first} in the window {told}"
    span = f"(from {before} to {after})"
    match change.kind:
        case "capacity":
            return f"{_count(by, 'place')} more in group {first} {span}"
        case "min_size":
            return f"Group {first} opens with {_count(by, 'person', 'people')} fewer {span}"
        case "caseload":
            return f"{_count(by, 'person', 'people')} more for coach {first} {span}"
        case "minutes_per_week":
            return f"{_count(by, 'minute')} a week more for coach {first} {span}"
        case "max_groups":
            return f"{_count(by, 'group')} more for participant {first} {span}"
        case "max_minutes_per_week":
            return f"{_count(by, 'minute')} a week more for participant {first} {span}"
        case "quota":
            return f"{_count(by, 'assignment')} more in the quota at position {first} {span}"
        case "pin":
            return f"The pin of participant {first} in group {last} taken back"
        case _:
            return f"Participants {first} and {last} no longer kept {change.kind}"


def _count(number: int, one: str, more: str | None = None) -> str:
    return f"{number} {one if number == 1 else more or one + 's'}"


@dataclass(frozen=True, slots=True)
class Use:
    """A row in which a limit stands: alone (None), or times the 0-1 variable ``factor``."""

    row: int
    factor: int | None = None


def uses(model: Model) -> dict[tuple[str, int], list[Use]]:
    """Where each limit stands in the model, by kind and position of the group, coach, participant.

    The position of a ``window`` is that of its unit. Limits that stand nowhere bind nobody.
    """
    return _Reader(model).uses()


class _Reader:
    def __init__(self, model: Model) -> None:
        self._model = model
        self._unit = {v: u for visited in model.classes for u, v in visited.visits.items()}
        units = model.visits.units
        self._coach = {v: units[u].coach for v, u in self._unit.items()}
        self._coach |= {v: c for (_, c), v in model.mode.items()}
        self._coach |= {v: c for (_, c), v in model.followed.items()}
        self._opened = set(model.opened.values())

    def uses(self) -> dict[tuple[str, int], list[Use]]:
        found: dict[tuple[str, int], list[Use]] = defaultdict(list)
        options = self._model.options
        for r, row in enumerate(self._model.rows):
            if not row.terms:
                continue
            first, (last, coefficient) = row.terms[0][0], row.terms[-1]
            factor = last if last in self._opened else None
            if row.label == "H1":
                found["capacity", options.group[first]].append(Use(r, factor))
            elif row.label == "H2" and row.low == 0:
                found["min_size", options.group[first]].append(Use(r, factor))
            elif row.label == "H3":
                found["max_groups", options.participant[first]].append(Use(r))
            elif row.label == "H8":
                found["caseload", self._coach[first]].append(Use(r))
            elif row.label == "H9":
                # A coach's week comes before the coach's windows.
                week = ("minutes_per_week", self._coach[first])
                found[("window", self._unit[first]) if week in found else week].append(Use(r))
            elif row.label == "H10" and first in self._unit:
                window = self._model.visits.units[self._unit[first]].window
                if coefficient == window.start - window.end:
                    found["window", self._unit[first]].append(Use(r, last))
        return dict(found)
