"""Dates and what is wrong with them, said in the language of the page."""

from __future__ import annotations

from datetime import date, datetime, time

from flask_babel import get_locale
from flask_babel import gettext as _

from webapp.french import format_date
from webapp.services.recurrences import Fault, FaultKind, Occurrence


def date_text(day: date) -> str:
    """Return "mardi 19 janvier"."""
    return str(format_date(day, "EEEE d MMMM" if str(get_locale()) == "fr" else "EEEE, d MMMM"))


def hour_text(moment: time | datetime) -> str:
    """Return "9 h 30", or "8 h" for a full hour."""
    if moment.minute:
        return str(_("%(hour)s h %(minute)s", hour=moment.hour, minute=f"{moment.minute:02d}"))
    return str(_("%(hour)s h", hour=moment.hour))


def occurrence_text(one: Occurrence) -> str:
    """Return "mardi 19 janvier, 9 h 30 – 11 h 30"."""
    return f"{date_text(one.start.date())}, {hour_text(one.start)} – {hour_text(one.end)}"


def fault_text(fault: Fault) -> str:
    """Say what is wrong with a session, and how to go on."""
    if fault.occurrence is None:
        return str(_("Il ne reste aucune séance : ajoutez au moins une date."))
    texts = {
        FaultKind.ENDS_BEFORE_START: _(
            "%(slot)s : la fin vient avant le début. Une séance finit le jour même, avant minuit.",
            slot=occurrence_text(fault.occurrence),
        ),
        FaultKind.OUTSIDE_PERIOD: _(
            "%(slot)s : cette date est hors de la période.",
            slot=occurrence_text(fault.occurrence),
        ),
        FaultKind.PAST: _(
            "%(slot)s : cette date est déjà passée.", slot=occurrence_text(fault.occurrence)
        ),
        FaultKind.NO_SUCH_TIME: _(
            "%(slot)s : ce jour-là, l’heure d’été fait sauter cette heure. Choisissez-en une "
            "autre.",
            slot=occurrence_text(fault.occurrence),
        ),
        FaultKind.OVERLAP: _(
            "%(slot)s : le groupe se réunit déjà à ce moment (%(other)s).",
            slot=occurrence_text(fault.occurrence),
            other=occurrence_text(fault.other) if fault.other else "",
        ),
    }
    text = str(texts[fault.kind])
    return text[:1].upper() + text[1:]
