"""What rows are called in the language of the page."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date
from operator import attrgetter
from typing import Any, Protocol

from babel.dates import get_day_names
from flask import Flask
from flask_babel import get_locale
from flask_babel import gettext as _

from webapp.forms.dates import key
from webapp.forms.wording import hour_text
from webapp.models import Slot

# A time that comes less often than this share of the most frequent one is an exception.
_SHARE_OF_EXCEPTIONS = 0.25
_MOST_TIMES = 3


class Named(Protocol):
    name: str
    name_en: str


def label_of(row: Named) -> str:
    """Return the name of a measure or tag in the language of the page; a filter in templates."""
    return row.name_en if str(get_locale()) == "en" and row.name_en else row.name


def rhythm_text(slots: Iterable[Slot]) -> str:
    """Return when a group meets as a rule, "Mardi et jeudi, 9 h 30 – 11 h 30"; a filter."""
    times = Counter(
        (slot.local_start.time(), slot.local_end.time(), slot.local_start.weekday())
        for slot in slots
        if slot.cancelled_because is None
    )
    if not times:
        return str(_("Aucune séance"))
    enough = _SHARE_OF_EXCEPTIONS * max(times.values())
    days: dict[str, list[int]] = defaultdict(list)
    for start, end, weekday in sorted(time for time, num in times.items() if num >= enough):
        days[f"{hour_text(start)} – {hour_text(end)}"].append(weekday)
    if len(days) > _MOST_TIMES:
        return str(_("Horaires variables"))
    names = get_day_names("wide", locale=get_locale())
    parts = [
        f"{enumeration([str(names[day]) for day in sorted(weekdays)])}, {hours}"
        for hours, weekdays in days.items()
    ]
    text = "\N{NO-BREAK SPACE}; ".join(parts)
    return text[:1].upper() + text[1:]


def by_month(rows: Iterable[Any], start: str) -> list[tuple[date, list[Any]]]:
    """Return rows in the order of their attribute ``start``, under the first day of each month."""
    months: dict[date, list[Any]] = defaultdict(list)
    for row in sorted(rows, key=attrgetter(start)):
        months[getattr(row, start).date().replace(day=1)].append(row)
    return list(months.items())


def enumeration(words: list[str]) -> str:
    """Return "lundi, mardi et jeudi"."""
    if len(words) < 2:
        return "".join(words)
    return str(_("%(first)s et %(last)s", first=", ".join(words[:-1]), last=words[-1]))


def init_app(app: Flask) -> None:
    app.jinja_env.filters["label_of"] = label_of
    app.jinja_env.filters["rhythm_text"] = rhythm_text
    app.jinja_env.filters["by_month"] = by_month
    app.jinja_env.filters["slot_key"] = key
