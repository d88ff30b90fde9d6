"""The dates of a group, from what was stated about them: a weekly rhythm, or single dates.

Everything here is wall time, so a session announced for 14:00 stays at 14:00 when the clocks
change; ``moments`` gives the moments in UTC that go with it.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True, order=True)
class Occurrence:
    """One dated session, in wall time (naive)."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Hours:
    """From when until when, on which weekdays (0 is Monday)."""

    weekdays: frozenset[int]
    start: time
    end: time


@dataclass(frozen=True, slots=True)
class Span:
    """Dates, both included."""

    first_on: date
    last_on: date

    def __contains__(self, day: date) -> bool:
        return self.first_on <= day <= self.last_on


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Hours that come back every ``every_weeks`` weeks; weeks count from the first date's."""

    hours: tuple[Hours, ...]
    span: Span
    every_weeks: int = 1


class SkipReason(enum.StrEnum):
    PUBLIC_HOLIDAY = "public_holiday"
    STATED = "stated"
    PAST = "past"


@dataclass(frozen=True, slots=True)
class Skip:
    """A date of the rhythm that is left out, and why; ``holiday`` is the name of a holiday."""

    on: date
    reason: SkipReason
    holiday: str = ""


@dataclass(frozen=True, slots=True)
class Unfolded:
    occurrences: tuple[Occurrence, ...]
    skips: tuple[Skip, ...]


class FaultKind(enum.StrEnum):
    NOTHING = "nothing"
    ENDS_BEFORE_START = "ends_before_start"
    OUTSIDE_PERIOD = "outside_period"
    PAST = "past"
    NO_SUCH_TIME = "no_such_time"  # skipped by the change of clocks
    OVERLAP = "overlap"


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one occurrence; ``other`` is the one that it overlaps."""

    kind: FaultKind
    occurrence: Occurrence | None = None
    other: Occurrence | None = None


class DatesError(Exception):
    """Dates that cannot stand; ``faults`` has all of them at once."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__(", ".join(f"{fault.kind} {fault.occurrence}" for fault in faults))


def unfold(
    rhythm: Rhythm, public_holidays: Mapping[date, str], breaks: Iterable[Span], today: date
) -> Unfolded:
    """Return the sessions of a rhythm in order, and the dates that were left out with the reason.

    Left out are the dates of ``public_holidays``, those within ``breaks``, and those before
    ``today``.
    """
    breaks = tuple(breaks)
    occurrences: list[Occurrence] = []
    skips: list[Skip] = []
    for day in _days(rhythm):
        hours = [entry for entry in rhythm.hours if day.weekday() in entry.weekdays]
        if not hours:
            continue
        if day < today:
            skips.append(Skip(day, SkipReason.PAST))
        elif day in public_holidays:
            skips.append(Skip(day, SkipReason.PUBLIC_HOLIDAY, public_holidays[day]))
        elif any(day in pause for pause in breaks):
            skips.append(Skip(day, SkipReason.STATED))
        else:
            occurrences += [on_date(day, entry.start, entry.end) for entry in hours]
    return Unfolded(tuple(sorted(occurrences)), tuple(skips))


def on_date(day: date, start: time, end: time) -> Occurrence:
    """Return the session of a day."""
    return Occurrence(datetime.combine(day, start), datetime.combine(day, end))


def find_faults(
    occurrences: Iterable[Occurrence],
    span: Span,
    timezone: str,
    now: datetime,
    existing: Iterable[Occurrence] = (),
) -> list[Fault]:
    """Return all that is wrong with the sessions of one group; ``existing`` are those it has.

    ``span`` holds the dates of the period, ``now`` is aware. A session that ends at or before its
    start would cross midnight.
    """
    occurrences = sorted(occurrences)
    if not occurrences:
        return [Fault(FaultKind.NOTHING)]
    faults: list[Fault] = []
    for one in occurrences:
        if one.end <= one.start or one.end.date() != one.start.date():
            faults.append(Fault(FaultKind.ENDS_BEFORE_START, one))
        elif one.start.date() not in span:
            faults.append(Fault(FaultKind.OUTSIDE_PERIOD, one))
        elif not all(_exists(moment, timezone) for moment in (one.start, one.end)):
            faults.append(Fault(FaultKind.NO_SUCH_TIME, one))
        elif moments(one, timezone)[0] < now:
            faults.append(Fault(FaultKind.PAST, one))
    wrong = {fault.occurrence for fault in faults}
    return faults + _overlaps([one for one in occurrences if one not in wrong], existing)


def check(
    occurrences: Iterable[Occurrence],
    span: Span,
    timezone: str,
    now: datetime,
    existing: Iterable[Occurrence] = (),
) -> None:
    """Raise DatesError with everything that ``find_faults`` finds."""
    faults = find_faults(occurrences, span, timezone, now, existing)
    if faults:
        raise DatesError(faults)


def moments(occurrence: Occurrence, timezone: str) -> tuple[datetime, datetime]:
    """Return start and end in UTC; of a time that comes twice, the first."""
    zone = ZoneInfo(timezone)
    start, end = (
        wall.replace(tzinfo=zone).astimezone(UTC) for wall in (occurrence.start, occurrence.end)
    )
    return start, end


def _days(rhythm: Rhythm) -> Iterator[date]:
    """Yield the days of the weeks in which the rhythm meets."""
    first = rhythm.span.first_on
    monday = first - timedelta(days=first.weekday())
    for offset in range((rhythm.span.last_on - first).days + 1):
        day = first + timedelta(days=offset)
        if (day - monday).days // 7 % rhythm.every_weeks == 0:
            yield day


def _exists(wall: datetime, timezone: str) -> bool:
    zone = ZoneInfo(timezone)
    back = wall.replace(tzinfo=zone).astimezone(UTC).astimezone(zone)
    return back.replace(tzinfo=None) == wall


def _overlaps(occurrences: Iterable[Occurrence], existing: Iterable[Occurrence]) -> list[Fault]:
    """Return a fault for each session that begins before another has ended, one of them new."""
    entries = sorted([(one, True) for one in occurrences] + [(one, False) for one in existing])
    faults = []
    latest: tuple[Occurrence, bool] | None = None
    for entry in entries:
        if latest is not None and entry[0].start < latest[0].end and (entry[1] or latest[1]):
            new, other = (entry, latest) if entry[1] else (latest, entry)
            faults.append(Fault(FaultKind.OVERLAP, new[0], other[0]))
        if latest is None or entry[0].end > latest[0].end:
            latest = entry
    return faults
