"""Reading ``croisee-problem/1``: each section of the file, then what must hold between them."""

from __future__ import annotations

from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from scheduler.collector import collector_paused
from scheduler.jsonio.policy_in import PolicyReader
from scheduler.jsonio.reading import Read, UnreadableError, json_value
from scheduler.problem import (
    Coach,
    Coaching,
    Fault,
    Group,
    Hold,
    Horizon,
    InvalidProblemError,
    Pair,
    Participant,
    Policy,
    Problem,
    Quota,
    Slot,
    Venue,
    Window,
    Wish,
)

FORMAT = "croisee-problem/1"
MAX_RANK = 1000  # a profile has an entry a rank
_SECTIONS = (
    "venues",
    "groups",
    "coaches",
    "participants",
    "pins",
    "bans",
    "apart",
    "together",
    "quotas",
    "previous",
)


def read(data: bytes) -> Problem:
    """The problem in the bytes of a file, gzipped or not.

    Raises InvalidProblemError with every fault of the file, whatever the bytes are.
    """
    with collector_paused():
        try:
            value = json_value(data)
        except UnreadableError as error:
            raise InvalidProblemError([Fault("$", None, str(error))]) from error
        return problem_from(value)


def problem_from(value: Any) -> Problem:
    """The problem in a parsed JSON value. Raises InvalidProblemError with every fault."""
    reader = _ProblemReader(value)
    problem = reader.problem()
    if reader.faults or problem is None:
        raise InvalidProblemError(reader.faults)
    return problem


def _ids(value: Any, section: str) -> set[str]:
    rows = value.get(section) if isinstance(value, dict) else None
    rows = rows if isinstance(rows, list) else []
    ids = [row.get("id") for row in rows if isinstance(row, dict)]
    return {id_ for id_ in ids if isinstance(id_, str)}


class _ProblemReader(PolicyReader):
    def __init__(self, value: Any) -> None:
        super().__init__()
        self.value = value
        self.horizon: Horizon | None = None
        self.venue_ids = _ids(value, "venues")
        self.group_ids = _ids(value, "groups")
        self.coach_ids = _ids(value, "coaches")
        self.participant_ids = _ids(value, "participants")
        self.uncoached: set[str] = set()
        self._windows = self.nullable(self.each(self.repeated(self.window)))
        self._wishes = self.each(self.repeated(self._wish))
        self._holds = self.each(self.repeated(self._hold))

    def problem(self) -> Problem | None:
        raw = self.members(self.value, "$", ("format", "name", "horizon"), ("policy", *_SECTIONS))
        self.field(raw, "format", "$", lambda v, p: self.choice(v, p, (FORMAT,)), None)
        name = self.field(raw, "name", "$", self.text, None)
        self.horizon = self.field(raw, "horizon", "$", self._horizon, None)
        policy = self.field(raw, "policy", "$", self.policy, Policy())

        def section(key: str, read_row: Read[Any]) -> tuple[Any, ...]:
            return self.field(raw, key, "$", self.each(read_row), ())

        venues = section("venues", self._venue)
        groups = section("groups", self._group)
        self.uncoached = {group.id for group in groups if group.coaching is None}
        coaches = section("coaches", self._coach)
        participants = section("participants", self._participant)
        for key in ("venues", "groups", "coaches", "participants"):
            self._refuse_twice(raw.get(key), f"$.{key}", ("id",))
        pins = section("pins", lambda v, p: self._pair(v, p, ("coach",)))
        bans = section("bans", lambda v, p: self._pair(v, p, ()))
        previous = section("previous", lambda v, p: self._pair(v, p, ("coach",)))
        for key in ("pins", "previous"):
            self._refuse_twice(raw.get(key), f"$.{key}", ("participant", "group"))
        apart = section("apart", self._two_people)
        together = section("together", self._two_people)
        quotas = section("quotas", self._quota)
        if name is None or self.horizon is None:
            return None
        return Problem(
            name=name,
            horizon=self.horizon,
            policy=policy,
            venues=venues,
            groups=groups,
            coaches=coaches,
            participants=participants,
            pins=pins,
            bans=bans,
            apart=apart,
            together=together,
            quotas=quotas,
            previous=previous,
        )

    def _refuse_twice(self, rows: Any, path: str, keys: tuple[str, ...]) -> None:
        first: dict[tuple[Any, ...], int] = {}
        for i, row in enumerate(rows if isinstance(rows, list) else []):
            if not isinstance(row, dict):
                continue
            found = tuple(row.get(key) for key in keys)
            if not all(isinstance(part, str) for part in found):
                continue
            if first.setdefault(found, i) != i:
                where = f"{path}[{i}]" + (f".{keys[0]}" if len(keys) == 1 else "")
                value = found[0] if len(found) == 1 else list(found)
                self.fault(where, value, f"stated twice, first at {path}[{first[found]}]")

    def _reference(self, kind: str, ids: set[str]) -> Read[str | None]:
        def read_reference(value: Any, path: str) -> str | None:
            found = self.text(value, path)
            if found is not None and found not in ids:
                self.fault(path, value, f"there is no such {kind}")
            return found

        return read_reference

    def _horizon(self, value: Any, path: str) -> Horizon | None:
        raw = self.members(value, path, ("start", "end", "timezone"))
        start = self.field(raw, "start", path, self.day, None)
        end = self.field(raw, "end", path, self.day, None)
        zone = self.field(raw, "timezone", path, self._timezone, None)
        if start is not None and end is not None and end < start:
            self.fault(f"{path}.end", raw["end"], "is before the start")
        if start is None or end is None or zone is None:
            return None
        return Horizon(start, end, zone)

    def _timezone(self, value: Any, path: str) -> str | None:
        name = self.text(value, path)
        if name is None:
            return None
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            self.fault(path, value, "there is no such time zone")
        return name

    def _venue(self, value: Any, path: str) -> Venue | None:
        raw = self.members(value, path, ("id",), ("lat", "lon"))
        id_ = self.field(raw, "id", path, self.text, None)
        lat = self.field(raw, "lat", path, self.nullable(self.latitude), None)
        lon = self.field(raw, "lon", path, self.nullable(self.longitude), None)
        place = None if lat is None or lon is None else self.place({"lat": lat, "lon": lon}, path)
        return None if id_ is None else Venue(id_, place)

    def _group(self, value: Any, path: str) -> Group | None:
        raw = self.members(
            value,
            path,
            ("id", "measure", "capacity", "min_size"),
            ("venue", "slots", "requires", "offers", "coaching"),
        )
        id_ = self.field(raw, "id", path, self.text, None)
        measure = self.field(raw, "measure", path, self.text, None)
        venue = self.field(
            raw, "venue", path, self.nullable(self._reference("venue", self.venue_ids)), None
        )
        capacity = self.field(raw, "capacity", path, self.integer, None)
        min_size = self.field(raw, "min_size", path, self.integer, None)
        if capacity is not None and min_size is not None and min_size > capacity:
            self.fault(f"{path}.min_size", min_size, f"is more than the capacity, {capacity}")
        slots = self.field(raw, "slots", path, self.each(self._slot), ())
        requires = self.field(raw, "requires", path, self.texts, frozenset())
        offers = self.field(raw, "offers", path, self.texts, frozenset())
        coaching = self.field(raw, "coaching", path, self.nullable(self._coaching), None)
        if raw.get("coaching") is not None and raw.get("venue") is None:
            self.fault(f"{path}.venue", None, "a coached group must have a venue")
        if id_ is None or measure is None:
            return None
        return Group(
            id_, measure, venue, capacity or 0, min_size or 0, slots, requires, offers, coaching
        )

    def _slot(self, value: Any, path: str) -> Slot | None:
        times = self.two(value, path, self.moment)
        if times is None:
            return None
        start, end = times
        if end <= start:
            self.fault(path, value, "does not end after its start")
        elif start.date() != end.date():
            self.fault(path, value, "crosses midnight")
        if self.horizon and not self.horizon.start <= start.date() <= self.horizon.end:
            self.fault(path, value, "is outside the horizon")
        return Slot(start, end)

    def _coaching(self, value: Any, path: str) -> Coaching:
        raw = self.members(value, path, ("visit_minutes",), ("skills",))
        minutes = self.field(raw, "visit_minutes", path, self.integer, None)
        return Coaching(minutes or 0, self.field(raw, "skills", path, self.texts, frozenset()))

    def _coach(self, value: Any, path: str) -> Coach | None:
        raw = self.members(
            value,
            path,
            ("id", "caseload", "minutes_per_week"),
            ("skills", "venues", "availability"),
        )
        id_ = self.field(raw, "id", path, self.text, None)
        skills = self.field(raw, "skills", path, self.texts, frozenset())
        caseload = self.field(raw, "caseload", path, self.integer, None)
        minutes = self.field(raw, "minutes_per_week", path, self.integer, None)
        read_venues = self.nullable(self.each(self._reference("venue", self.venue_ids)))
        venues = self.field(raw, "venues", path, read_venues, None)
        windows = self.field(raw, "availability", path, self._coach_windows, ())
        if id_ is None:
            return None
        where = None if venues is None else frozenset(venues)
        return Coach(id_, skills, caseload or 0, minutes or 0, where, windows)

    def _coach_windows(self, value: Any, path: str) -> tuple[Window, ...]:
        indexed = self.each(self._numbered_window)(value, path)
        ordered = sorted(indexed, key=lambda row: (row[0].day, row[0].start, row[0].end))
        for (first, _), (second, where) in pairwise(ordered):
            if first.day == second.day and second.start < first.end:
                self.fault(where, None, "overlaps another window of this coach")
        return tuple([window for window, _ in indexed])

    def _numbered_window(self, value: Any, path: str) -> tuple[Window, str] | None:
        window = self.window(value, path)
        return None if window is None else (window, path)

    def _participant(self, value: Any, path: str) -> Participant | None:
        raw = self.members(
            value,
            path,
            ("id", "weight", "max_groups"),
            (
                "home",
                "max_travel_minutes",
                "availability",
                "absences",
                "wishes",
                "holds",
                "needs",
                "coach_skills",
                "max_minutes_per_week",
            ),
        )
        whole = self.nullable(self.integer)
        id_ = self.field(raw, "id", path, self.text, None)
        weight = self.field(raw, "weight", path, self.integer, None)
        max_groups = self.field(raw, "max_groups", path, self.integer, None)
        found = Participant(
            id=id_ or "",
            weight=weight or 0,
            home=self.field(raw, "home", path, self.nullable(self.place), None),
            max_travel_minutes=self.field(raw, "max_travel_minutes", path, whole, None),
            availability=self.field(raw, "availability", path, self._windows, None),
            absences=self.field(raw, "absences", path, self.each(self.period), ()),
            wishes=self.field(raw, "wishes", path, self._wishes, ()),
            holds=self.field(raw, "holds", path, self._holds, ()),
            needs=self.field(raw, "needs", path, self.texts, frozenset()),
            coach_skills=self.field(raw, "coach_skills", path, self.texts, frozenset()),
            max_groups=max_groups or 0,
            max_minutes_per_week=self.field(raw, "max_minutes_per_week", path, whole, None),
        )
        return None if id_ is None else found

    def _wish(self, value: Any, path: str) -> Wish | None:
        raw = self.members(value, path, ("rank",), ("measure", "group", "utility"))
        rank = self.field(raw, "rank", path, self._rank, None)
        measure = self.field(raw, "measure", path, self.nullable(self.text), None)
        group = self.field(
            raw, "group", path, self.nullable(self._reference("group", self.group_ids)), None
        )
        utility = self.field(raw, "utility", path, self.nullable(self.integer), None)
        if isinstance(value, dict) and (raw.get("measure") is None) == (raw.get("group") is None):
            self.fault(path, value, "expected either a measure or a group")
        return None if rank is None else Wish(rank, measure, group, utility)

    def _rank(self, value: Any, path: str) -> int | None:
        return self.integer(value, path, 1, MAX_RANK)

    def _hold(self, value: Any, path: str) -> Hold | None:
        raw = self.members(value, path, ("tag",), ("from", "until"))
        tag = self.field(raw, "tag", path, self.text, None)
        from_ = self.field(raw, "from", path, self.nullable(self.day), None)
        until = self.field(raw, "until", path, self.nullable(self.day), None)
        if from_ is not None and until is not None and until < from_:
            self.fault(path, value, "ends before it starts")
        return None if tag is None else Hold(tag, from_, until)

    def _pair(self, value: Any, path: str, optional: tuple[str, ...]) -> Pair | None:
        raw = self.members(value, path, ("participant", "group"), optional)
        known_person = self._reference("participant", self.participant_ids)
        person = self.field(raw, "participant", path, known_person, None)
        group = self.field(raw, "group", path, self._reference("group", self.group_ids), None)
        known_coach = self.nullable(self._reference("coach", self.coach_ids))
        coach = self.field(raw, "coach", path, known_coach, None) if optional else None
        if coach is not None and group in self.uncoached:
            self.fault(f"{path}.coach", coach, "names a coach, but the group is not coached")
        return None if person is None or group is None else Pair(person, group, coach)

    def _two_people(self, value: Any, path: str) -> tuple[str, str] | None:
        known = self._reference("participant", self.participant_ids)
        found = self.two(value, path, known)
        if found is not None and found[0] == found[1]:
            self.fault(path, value, "expected two different participants")
        return found

    def _quota(self, value: Any, path: str) -> Quota | None:
        raw = self.members(value, path, ("max",), ("groups", "tag"))
        known = self.each(self._reference("group", self.group_ids))
        groups = self.field(raw, "groups", path, known, ())
        tag = self.field(raw, "tag", path, self.nullable(self.text), None)
        most = self.field(raw, "max", path, self.integer, None)
        return None if most is None else Quota(tuple(dict.fromkeys(groups)), tag, most)
