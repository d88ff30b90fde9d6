"""When groups meet, in words."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, datetime, time
from operator import attrgetter
from typing import Any

from flask import Flask
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

from webapp.forms.wording import date_text as day
from webapp.forms.wording import hour_text as clock_time
from webapp.french import format_date
from webapp.models import Group, Slot
from webapp.views.locale import capital

__all__ = ["clock_time", "day"]

# A time that comes less often than this share of the most frequent one is an exception.
_SHARE_OF_EXCEPTIONS = 0.25


def minute_of_day(minute: int) -> str:
    """Write minutes since midnight as a time."""
    return clock_time(time(minute // 60 % 24, minute % 60))


def weekday_name(weekday: int) -> str:
    """Return the name of a weekday, 0 for Monday."""
    return str(get_locale().days["format"]["wide"][weekday])


def short_day(moment: date | datetime) -> str:
    """Write a local date without its weekday: "28 janvier"."""
    return str(format_date(moment, "d MMMM"))


def meeting_times(group: Group) -> str:
    """Say on which weekdays and when a group meets as a rule: "Jeudi, 14 h – 16 h"."""
    times = Counter(
        (slot.local_start.time(), slot.local_end.time(), slot.local_start.weekday())
        for slot in _held(group)
    )
    if not times:
        return str(_("Pas encore de séance"))
    weekdays = defaultdict(set)
    for (start, end, weekday), num in times.items():
        if num >= _SHARE_OF_EXCEPTIONS * max(times.values()):
            weekdays[start, end].add(weekday)
    if len(weekdays) > 2:
        every = sorted(set().union(*weekdays.values()))
        return capital(_("%(days)s, à des heures diverses", days=_days(every)))
    parts = [
        f"{_days(sorted(days))}, {clock_time(start)} – {clock_time(end)}"
        for (start, end), days in sorted(weekdays.items(), key=lambda item: (min(item[1]), item[0]))
    ]
    return capital(_(" ; ").join(parts))


def when(group: Group) -> str:
    """Say when a group meets, how often and from when on."""
    held = _held(group)
    if not held:
        return meeting_times(group)
    first = held[0].local_start
    if len(held) == 1:
        times = f"{clock_time(first)} – {clock_time(held[0].local_end)}"
        return capital(f"{day(first)}, {times}")
    sessions = ngettext("%(num)s séance", "%(num)s séances", len(held))
    start = _("dès le %(day)s", day=short_day(first))
    return f"{meeting_times(group)}, {sessions} {start}"


def by_month(rows: Iterable[Any], start: str) -> list[tuple[date, list[Any]]]:
    """Return rows in the order of their attribute ``start``, under the first day of each month."""
    months: dict[date, list[Any]] = defaultdict(list)
    for row in sorted(rows, key=attrgetter(start)):
        months[getattr(row, start).date().replace(day=1)].append(row)
    return list(months.items())


def _held(group: Group) -> list[Slot]:
    return [slot for slot in group.slots if slot.cancelled_because is None]


def _days(weekdays: list[int]) -> str:
    names = [weekday_name(weekday) for weekday in weekdays]
    if len(names) > 2 and weekdays[-1] - weekdays[0] == len(names) - 1:
        return str(_("%(first)s au %(last)s", first=names[0], last=names[-1]))
    if len(names) > 1:
        return str(_("%(days)s et %(last)s", days=", ".join(names[:-1]), last=names[-1]))
    return names[0]


def init_app(app: Flask) -> None:
    app.jinja_env.filters.update(
        by_month=by_month,
        clock=clock_time,
        meeting_times=meeting_times,
        weekday_name=weekday_name,
        when=when,
    )
