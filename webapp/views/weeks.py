"""The week that a page shows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from flask import request
from flask_babel import gettext as _

from webapp.french import format_date
from webapp.models import Slot


@dataclass(frozen=True, slots=True)
class Week:
    """Seven days from ``monday``; pages show those on which something can be."""

    monday: date

    @property
    def sunday(self) -> date:
        return self.monday + timedelta(days=6)

    @property
    def previous(self) -> date:
        return self.monday - timedelta(days=7)

    @property
    def following(self) -> date:
        return self.monday + timedelta(days=7)

    def days(self, slots: Iterable[Slot] = ()) -> list[date]:
        """Return Monday to Friday, and as far into the weekend as one of ``slots`` lies."""
        last = max((slot.local_start.weekday() for slot in slots), default=0)
        return [self.monday + timedelta(days=n) for n in range(max(5, last + 1))]

    def title(self, days: list[date]) -> str:
        """Return "Semaine du 18 au 22 janvier"."""
        first, last = days[0], days[-1]
        start = str(first.day) if first.month == last.month else format_date(first, "d MMMM")
        end = format_date(last, "d MMMM")
        return str(_("Semaine du %(first)s au %(last)s", first=start, last=end))


def week_of(day: date) -> Week:
    """Return the week of a day."""
    return Week(day - timedelta(days=day.weekday()))


def asked_week(otherwise: date) -> Week:
    """Return the week that ``?week=2027-01-18`` names, else that of ``otherwise``."""
    try:
        day = date.fromisoformat(request.args.get("week", ""))
    except ValueError:
        day = otherwise
    return week_of(day if 2000 <= day.year < 2200 else otherwise)
