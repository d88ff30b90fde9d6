"""When a group meets: a weekly rhythm, or single dates."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from babel.dates import get_day_names
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, Field, FieldList, Form, FormField, RadioField, SelectChoice
from wtforms.validators import Optional

from webapp.forms.fields import ChipsField, day_field, hour_field
from webapp.forms.wording import date_text, fault_text
from webapp.services.recurrences import (
    Fault,
    Hours,
    Occurrence,
    Rhythm,
    Span,
    Unfolded,
    on_date,
    unfold,
)

FindFaults = Callable[[Iterable[Occurrence]], list[Fault]]
EVERY_WEEKS = {"weekly": 1, "fortnightly": 2}


class HoursForm(Form):
    weekdays = ChipsField(_l("Jours"), coerce=int)
    start = hour_field(_l("De"), Optional())
    end = hour_field(_l("À"), Optional())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = get_day_names("wide", locale=get_locale())
        self.weekdays.choices = [SelectChoice(day, names[day]) for day in range(7)]

    @property
    def is_blank(self) -> bool:
        return not any(_written(field) for field in self)


class DateForm(Form):
    on = day_field(_l("Date"), Optional())
    start = hour_field(_l("De"), Optional())
    end = hour_field(_l("À"), Optional())

    @property
    def is_blank(self) -> bool:
        return not any(_written(field) for field in self)


class BreakForm(Form):
    first_on = day_field(_l("Du"), Optional())
    last_on = day_field(_l("Au (inclus)"), Optional())


class DatesForm(FlaskForm):
    """Several sessions in one go. Call ``within`` before ``validate``; ``unfolded`` is the result.

    A line left blank does not count; of the two ways to state dates only the chosen one does.
    """

    rhythm = RadioField(
        _l("Rythme"),
        choices=[
            SelectChoice("weekly", _l("Chaque semaine")),
            SelectChoice("fortnightly", _l("Une semaine sur deux")),
            SelectChoice("dates", _l("Dates isolées")),
        ],
        default="weekly",
    )
    hours = FieldList(FormField(HoursForm), min_entries=1, max_entries=14)
    first_on = day_field(_l("Première date"), Optional())
    last_on = day_field(_l("Dernière date"), Optional())
    skips_holidays = BooleanField(_l("Sauter les jours fériés"), default=True)
    breaks = FieldList(FormField(BreakForm), min_entries=1, max_entries=20)
    dates = FieldList(FormField(DateForm), min_entries=3, max_entries=100)

    unfolded = Unfolded((), ())
    added = ""  # the lines that got a blank one just now: the page puts the focus there

    def within(
        self, span: Span, holidays: Mapping[date, str], today: date, find_faults: FindFaults
    ) -> None:
        """Say the dates of the period, its public holidays, today, and what judges the sessions."""
        self.span, self.holidays, self.today = span, holidays, today
        self.find_faults = find_faults
        if not self.is_submitted():
            self.first_on.data, self.last_on.data = span.first_on, span.last_on

    def add_line(self, which: str) -> None:
        """Offer a blank line more in ``hours``, ``breaks`` or ``dates``."""
        lines = {"hours": self.hours, "breaks": self.breaks, "dates": self.dates}.get(which)
        if lines is not None and len(lines.entries) < lines.max_entries:
            lines.append_entry()
            self.added = which

    def validate(self, extra_validators: Any = None) -> bool:
        super().validate(extra_validators)
        if self.rhythm.data == "dates":
            self._forget(self.first_on, self.last_on, self.hours, self.breaks)
            self._read_dates()
        else:
            self._forget(self.dates)
            self._read_rhythm()
        return not self.form_errors and not any(field.errors for field in _inmost(self))

    def keep(self, chosen: Iterable[str]) -> list[Occurrence]:
        """Return the sessions whose ``key`` is among those left ticked in the review."""
        ticked = set(chosen)
        return [one for one in self.unfolded.occurrences if key(one) in ticked]

    def _forget(self, *fields: Field) -> None:
        """Drop what was found wrong in the way of stating dates that was not chosen."""
        for field in (*fields, *_inmost(fields)):
            if not isinstance(field, FormField):
                field.errors = []

    def _read_rhythm(self) -> None:
        lines = [line for line in self.hours if not line.form.is_blank] or [self.hours[0]]
        found = [self._read_hours(line.form) for line in lines]
        span = self._read_span()
        breaks = [self._read_break(line.form) for line in self.breaks]
        if span is None or None in found or any(field.errors for field in _inmost(self.breaks)):
            return
        self.unfolded = unfold(
            Rhythm(
                tuple(hours for hours in found if hours),
                span,
                EVERY_WEEKS.get(self.rhythm.data, 1),
            ),
            self.holidays if self.skips_holidays.data else {},
            [pause for pause in breaks if pause],
            self.today,
        )
        faults = self.find_faults(self.unfolded.occurrences)
        for kind in dict.fromkeys(fault.kind for fault in faults):
            first = next(fault for fault in faults if fault.kind == kind)
            _add_error(lines[0].form.start, fault_text(first))

    def _read_hours(self, line: HoursForm) -> Hours | None:
        if not line.weekdays.data and not line.weekdays.errors:
            _add_error(line.weekdays, _("Choisissez au moins un jour."))
        _check_times(line)
        if line.errors:
            return None
        return Hours(frozenset(line.weekdays.data), line.start.data, line.end.data)

    def _read_span(self) -> Span | None:
        for field in (self.first_on, self.last_on):
            if field.errors:
                continue
            if field.data is None:
                _add_error(field, _("Indiquez une date."))
            elif field.data not in self.span:
                _add_error(
                    field,
                    _(
                        "La période va du %(first)s au %(last)s.",
                        first=date_text(self.span.first_on),
                        last=date_text(self.span.last_on),
                    ),
                )
        if self.first_on.errors or self.last_on.errors:
            return None
        if self.last_on.data < self.first_on.data:
            _add_error(self.last_on, _("La dernière date vient avant la première."))
            return None
        return Span(self.first_on.data, self.last_on.data)

    def _read_break(self, line: BreakForm) -> Span | None:
        first, last = line.first_on.data, line.last_on.data
        if line.errors or (first is None and last is None):
            return None
        if first is None:
            _add_error(line.first_on, _("Indiquez aussi le premier jour."))
        elif last is not None and last < first:
            _add_error(line.last_on, _("Le dernier jour vient avant le premier."))
        else:
            return Span(first, last or first)
        return None

    def _read_dates(self) -> None:
        lines = [line.form for line in self.dates if not line.form.is_blank]
        if not lines:
            _add_error(self.dates[0].form.on, _("Indiquez au moins une date."))
        read: dict[int, Occurrence] = {}
        for index, line in enumerate(lines):
            if line.on.data is None and not line.on.errors:
                _add_error(line.on, _("Indiquez une date."))
            _check_times(line)
            if not line.errors:
                read[index] = on_date(line.on.data, line.start.data, line.end.data)
        faults = self.find_faults(read.values()) if read else []
        for fault in faults:
            index = next(i for i in reversed(read) if read[i] == fault.occurrence)
            _add_error(lines[index].on, fault_text(fault))
        self.unfolded = Unfolded(tuple(sorted(read.values())), ())


def key(one: Occurrence) -> str:
    """Return what stands for a session in the review; no two of a group start together."""
    return one.start.isoformat(timespec="minutes")


def _check_times(line: HoursForm | DateForm) -> None:
    if line.start.data is None and not line.start.errors:
        _add_error(line.start, _("Indiquez l’heure de début."))
    if line.end.data is None and not line.end.errors:
        _add_error(line.end, _("Indiquez l’heure de fin."))
    if not line.start.errors and not line.end.errors and line.end.data <= line.start.data:
        _add_error(line.end, _("La fin vient après le début, le jour même, avant minuit."))


def _add_error(field: Field, text: str) -> None:
    field.errors = [*field.errors, text]


def _inmost(fields: Iterable[Field]) -> Iterator[Field]:
    """Yield the fields themselves, and of lines the fields within."""
    for field in fields:
        if isinstance(field, FieldList | FormField):
            yield from _inmost(field)
        else:
            yield field


def _written(field: Field) -> bool:
    return any(str(value).strip() for value in field.raw_data or [])
