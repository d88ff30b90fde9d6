"""Why somebody has no place, and why pins cannot stand, in whole sentences.

A wish is answered rule by rule: groups that fail for the same reason are told together, the
largest lot first, each rule with its numbers.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any

from scheduler.jsonio import read
from scheduler.problem import Group, Participant, Problem
from webapp.extensions import DbSession
from webapp.french import format_date
from webapp.planning.names import Names, read_names
from webapp.planning.outcome import key
from webapp.planning.sentences import Lot, day_and_month, in_short, rule_in_words, say
from webapp.planning.speech import _, ngettext

_MONDAY = date(2024, 1, 1)
# What is told first where several rules fail: what lies with the person, then with the group.
_ORDER = ("R2", "R3", "R4", "R5", "R6", "H3", "H6", "H12", "H11", "H13", "H1", "H2", "H7", "H9",
          "H8", "H10", "")  # fmt: skip
ICONS = {
    "R2": "certificate", "R3": "wheelchair", "R4": "walk", "R5": "calendar-off", "R6": "ban",
    "H1": "users", "H2": "user-plus", "H7": "briefcase", "H8": "briefcase", "H9": "briefcase",
    "H10": "briefcase",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Answer:
    """Why one wish is not met: (icon, sentence) by rule."""

    title: str
    reasons: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why one participant has no place: a line, a list a wish, and what would change it."""

    participant_id: int
    summary: str
    answers: list[Answer]
    changes: list[str]


def explain(
    db_session: DbSession, problem_file: bytes, solution: dict[str, Any], locale: str
) -> list[Explanation]:
    """Explain everybody without a place, in the order of the solution."""
    problem = read(problem_file)
    names = read_names(db_session, problem, (), locale)
    words = _Words(problem, solution, names)
    return [words.of(row) for row in solution["unplaced"]]


def say_conflict(
    db_session: DbSession, problem_file: bytes, solution: dict[str, Any], locale: str
) -> tuple[dict[tuple[int, int], str], list[str]]:
    """Return the pins that cannot stand together, and the rules in the way, as sentences.

    Pins by the keys of their participant and group.
    """
    conflict = solution["conflict"]
    people = [pin["participant"] for pin in conflict["pins"]]
    names = read_names(db_session, read(problem_file), people, locale)
    pins = {
        (key(pin["participant"]), key(pin["group"])): _pin(pin, names) for pin in conflict["pins"]
    }
    return pins, [rule_in_words(label) for label in conflict["rules"]]


def _pin(pin: dict[str, str], names: Names) -> str:
    person, group = names.people[pin["participant"]], names.groups[pin["group"]]
    if "coach" not in pin:
        return _("%(person)s dans « %(group)s »", person=person, group=group)
    return _(
        "%(person)s dans « %(group)s », avec %(coach)s",
        person=person,
        group=group,
        coach=names.coaches[pin["coach"]],
    )


class _Words:
    def __init__(self, problem: Problem, solution: dict[str, Any], names: Names) -> None:
        self.names = names
        self.groups = {group.id: group for group in problem.groups}
        self.people = {person.id: person for person in problem.participants}
        self.size = Counter(row["group"] for row in solution["assignments"])
        self.bound = {id_ for pair in (*problem.apart, *problem.together) for id_ in pair}
        self.quotas = problem.quotas
        self.counted = {id_ for quota in problem.quotas for id_ in quota.groups}

    def of(self, row: dict[str, Any]) -> Explanation:
        person = self.people[row["participant"]]
        if not row["wishes"]:
            text = _("Aucun souhait n’est noté dans l’orientation.")
            return Explanation(key(person.id), text, [Answer("", [("compass", text)])], [])
        answers = [self.answer(person, wish) for wish in row["wishes"]]
        changes = [text for wish in row["wishes"] for text in self.changes(person, wish)]
        first = _(" ; ").join(text for _icon, text in answers[0].reasons[:2])
        return Explanation(
            key(person.id),
            _capital(first) + ".",
            [
                Answer(a.title, [(icon, _capital(text) + ".") for icon, text in a.reasons])
                for a in answers
            ],
            list(dict.fromkeys(changes))[:4],
        )

    def answer(self, person: Participant, wish: dict[str, Any]) -> Answer:
        name = (
            self.names.groups[wish["group"]]
            if "group" in wish
            else self.names.measures[wish["measure"]]
        )
        title = _("Souhait n° %(rank)s : %(name)s", rank=wish["rank"], name=name)
        if "summary" in wish:
            return Answer(title, [("info-circle", self.counts(name, wish["summary"]))])
        if not wish["groups"]:
            text = _("aucun groupe « %(name)s » n’est publié", name=name)
            return Answer(title, [("calendar-off", text)])
        lots: dict[tuple[str, Any], list[tuple[str, dict[str, Any]]]] = defaultdict(list)
        for told in wish["groups"]:
            reasons = told["reasons"] or [{"rule": ""}]
            reason = min(reasons, key=lambda reason: _ORDER.index(reason["rule"]))
            lots[reason["rule"], reason.get("tag", reason.get("quota"))].append(
                (told["group"], reason)
            )
        ids = [told["group"] for told in wish["groups"]]
        sentences: list[tuple[str, str]] = []
        for (rule, _tag), told in sorted(lots.items(), key=lambda item: -len(item[1])):
            subject = self.subject(name, [id_ for id_, _r in told], ids, is_first=not sentences)
            groups = [self.groups[id_] for id_, _r in told]
            lot = Lot(
                subject=subject,
                name=name,
                is_all=len(told) == len(ids) > 1,
                reasons=[reason for _g, reason in told],
                groups=groups,
                person=person,
                names=self.names,
                quota=self.quotas[told[0][1]["quota"]] if rule == "H13" else None,
            )
            sentences.append((ICONS.get(rule, "info-circle"), say(rule, lot)))
        return Answer(title, sentences)

    def subject(self, name: str, lot: Sequence[str], ids: Sequence[str], *, is_first: bool) -> str:
        """What to call the groups of a lot, among all groups of the wish."""
        count, total = len(lot), len(ids)
        if total == 1:
            return _("le groupe « %(name)s »", name=name)
        if count == 1:
            when = self.when(lot[0], ids)
            if when is None:
                return _("le groupe « %(name)s »", name=self.names.groups[lot[0]])
            if is_first:
                return _("le groupe « %(name)s » %(when)s", name=name, when=when)
            return _("celui %(when)s", when=when)
        if count == total:
            return _("les %(count)s groupes « %(name)s »", count=count, name=name)
        if is_first:
            return _("%(count)s groupes « %(name)s »", count=count, name=name)
        return _("%(count)s autres", count=count)

    def when(self, id_: str, ids: Sequence[str]) -> str | None:
        """The day, or day and hour, that tells a group from the others of the wish."""
        day, hour = _day_and_hour(self.groups[id_])
        others = [_day_and_hour(self.groups[other]) for other in ids if other != id_]
        if day is not None and day not in {other for other, _hour in others}:
            return _("du %(day)s", day=str(format_date(day, "EEEE")))
        if day is not None and (day, hour) not in others:
            return _("du %(day)s à %(hour)s", day=str(format_date(day, "EEEE")), hour=hour)
        return None

    def counts(self, name: str, summary: dict[str, int]) -> str:
        """Groups counted by rule, where the solution tells no more."""
        parts = [
            _("%(count)s : %(why)s", count=count, why=in_short(rule))
            for rule, count in sorted(summary.items(), key=lambda item: -item[1])
        ]
        return _("groupes « %(name)s » écartés (%(parts)s)", name=name, parts=", ".join(parts))

    def changes(self, person: Participant, wish: dict[str, Any]) -> list[str]:
        """What would give a place by itself; told only where nothing else could stand against."""
        found = []
        ids = [told["group"] for told in wish.get("groups", ())]
        for told in wish.get("groups", ()):
            if len(told["reasons"]) != 1:
                continue
            reason, group = told["reasons"][0], self.groups[told["group"]]
            name = self.names.groups[group.id] if "group" in wish else self.names.measures[
                wish["measure"]
            ]  # fmt: skip
            where = self.subject(name, [group.id], ids, is_first=True)
            if reason["rule"] == "H1":
                found.append(_("une place de plus dans %(group)s", group=where))
            elif reason["rule"] == "R4" and self.is_open(person, group):
                minutes = reason["minutes"] - reason["max"]
                found.append(
                    ngettext(
                        "accepter %(num)s minute de trajet de plus, pour %(group)s",
                        "accepter %(num)s minutes de trajet de plus, pour %(group)s",
                        minutes,
                        group=where,
                    )
                )
            elif reason["rule"] == "R2" and self.is_open(person, group):
                found.append(
                    _(
                        "« %(tag)s » valable jusqu’au %(until)s, pour %(group)s",
                        tag=self.names.tags[reason["tag"]],
                        until=day_and_month(group.slots[-1].end.date()),
                        group=where,
                    )
                    if group.slots
                    else _("« %(tag)s », pour %(group)s", tag=self.names.tags[reason["tag"]],
                           group=where)
                )  # fmt: skip
        return found

    def is_open(self, person: Participant, group: Group) -> bool:
        """Whether one more could come in, as far as rules on the whole group say."""
        size = self.size[group.id] + 1
        return (
            group.min_size <= size <= group.capacity
            and group.coaching is None
            and person.id not in self.bound
            and group.id not in self.counted
            and person.max_groups > 0
            and person.max_minutes_per_week is None
        )


def _day_and_hour(group: Group) -> tuple[date | None, str | None]:
    """A day that stands for the group's weekday, and its hour; none where they change."""
    days = {slot.start.weekday() for slot in group.slots}
    hours = {slot.start.time() for slot in group.slots}
    if len(days) != 1:
        return None, None
    return _MONDAY + timedelta(days=days.pop()), _hour(hours.pop()) if len(hours) == 1 else None


def _hour(moment: time) -> str:
    if not moment.minute:
        return _("%(hour)s h", hour=moment.hour)
    return _("%(hour)s h %(minute)s", hour=moment.hour, minute=f"{moment.minute:02}")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
