"""The ways to divide the participants: by what they hold or need, how far they go, or a label."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from scheduler.problem import Participant, Problem

TRAVEL_MINUTES = (15, 30, 45, 60)
MOST_WISHES = 5  # from there on told together

SETS: dict[str, Callable[[Participant], Collection[str]]] = {
    "tag": lambda person: {hold.tag for hold in person.holds},
    "need": lambda person: person.needs,
    "coach-skill": lambda person: person.coach_skills,
}
NUMBERS: dict[str, Callable[[Participant], str]] = {
    "max-travel": lambda person: _minutes(person.max_travel_minutes),
    "wishes": lambda person: _wishes(len(person.wishes)),
}
WAYS = (*(way for kind in SETS for way in (f"{kind}:NAME", f"{kind}s")), *NUMBERS)


class UnknownDivisionError(ValueError):
    """Nothing to divide people by; the text says what was asked and what there is."""


def divisions(problem: Problem, by: str | Mapping[str, str]) -> dict[str, dict[str, list[str]]]:
    """The name of each division, and in it the participant ids by label.

    ``by`` is one of ``WAYS``: ``tag:NAME`` divides those who hold it from the others, ``tags`` does
    so for each tag in turn, the like for needs and coach skills; or it is a label for each
    participant id, such as a territory. Raises UnknownDivisionError.
    """
    people = problem.participants
    if isinstance(by, Mapping):
        return {"label": _divided(people, lambda person: by.get(person.id, "without a label"))}
    if by in NUMBERS:
        return {by: _divided(people, NUMBERS[by])}
    if by.endswith("s") and by[:-1] in SETS:
        kind = by[:-1]
        wanted = sorted({name for person in people for name in SETS[kind](person)})
    else:
        kind, _, name = by.partition(":")
        wanted = [name]
        if kind not in SETS:
            raise UnknownDivisionError(f"{by}: expected one of {', '.join(WAYS)}")
        if not any(name in SETS[kind](person) for person in people):
            raise UnknownDivisionError(f"{by}: nobody has it")
    return {f"{kind}:{name}": _with_and_without(people, kind, name) for name in wanted}


def _divided(
    people: tuple[Participant, ...], label: Callable[[Participant], str]
) -> dict[str, list[str]]:
    parts: dict[str, list[str]] = {}
    for person in people:
        parts.setdefault(label(person), []).append(person.id)
    return parts


def _with_and_without(
    people: tuple[Participant, ...], kind: str, name: str
) -> dict[str, list[str]]:
    return _divided(
        people, lambda person: ("with " if name in SETS[kind](person) else "without ") + name
    )


def _minutes(most: int | None) -> str:
    if most is None:
        return "no limit"
    limit = next((limit for limit in TRAVEL_MINUTES if most <= limit), None)
    return f"over {TRAVEL_MINUTES[-1]} minutes" if limit is None else f"up to {limit} minutes"


def _wishes(number: int) -> str:
    return str(number) if number < MOST_WISHES else f"{MOST_WISHES} or more"
