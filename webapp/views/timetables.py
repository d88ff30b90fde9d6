"""When groups meet, in words."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, time

from flask import Flask
from flask_babel import format_date, get_locale, ngettext
from flask_babel import gettext as _

from webapp.models import Group, Slot
from webapp.views.locale import capital


def clock_time(moment: time | datetime) -> str:
    """Write a local time: "9 h 30", "14 h"."""
    if moment.minute:
        return str(_("%(hour)s h %(minute)s", hour=moment.hour, minute=f"{moment.minute:02}"))
    return str(_("%(hour)s h", hour=moment.hour))


def minute_of_day(minute: int) -> str:
    """Write minutes since midnight as a time."""
    return clock_time(time(minute // 60 % 24, minute % 60))


def weekday_name(weekday: int) -> str:
    """Return the name of a weekday, 0 for Monday."""
    return str(get_locale().days["format"]["wide"][weekday])


def day(moment: date | datetime) -> str:
    """Write a local date: "mardi 19 janvier"."""
    return str(format_date(moment, "EEEE d MMMM"))


def short_day(moment: date | datetime) -> str:
    """Write a local date without its weekday: "28 janvier"."""
    return str(format_date(moment, "d MMMM"))


def meeting_times(group: Group) -> str:
    """Say on which weekdays and when a group meets: "Jeudi, 14 h – 16 h"."""
    weekdays = defaultdict(set)
    for slot in _held(group):
        weekdays[slot.local_start.time(), slot.local_end.time()].add(slot.local_start.weekday())
    if not weekdays:
        return str(_("Pas encore de séance"))
    if len(weekdays) > 2:
        every = sorted(set().union(*weekdays.values()))
        return capital(_("%(days)s, à des heures diverses", days=_days(every)))
    parts = [
        f"{_days(sorted(days))}, {clock_time(start)} – {clock_time(end)}"
        for (start, end), days in sorted(weekdays.items(), key=lambda item: (min(item[1]), item[0]))
    ]
    return capital(" ; ".join(parts))


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
        meeting_times=meeting_times, when=when, weekday_name=weekday_name, clock=clock_time
    )
