"""Words about proposals: until when to answer, and the reasons to decline."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from webapp import clock
from webapp.models import DeclineReason, Enrolment
from webapp.views.timetables import clock_time, day


def local_deadline(enrolment: Enrolment) -> datetime | None:
    """Return until when an answer is waited for, in the territory's time."""
    if enrolment.answer_by is None:
        return None
    return enrolment.answer_by.astimezone(ZoneInfo(enrolment.group.period.territory.timezone))


def deadline(enrolment: Enrolment) -> str | None:
    """Say until when to answer; afterwards, that an answer still counts while a place is left."""
    local = local_deadline(enrolment)
    if local is None:
        return None
    if local < clock.now():
        return str(_("Délai passé : acceptez vite, s’il reste une place"))
    return str(_("Réponse avant %(day)s, %(time)s", day=day(local), time=clock_time(local)))


def decline_reasons() -> dict[DeclineReason, str]:
    """Return the standard reasons, in the order in which they are offered."""
    return {
        DeclineReason.UNREACHABLE: _("Non joignable"),
        DeclineReason.IN_EMPLOYMENT: _("Indisponible (en emploi)"),
        DeclineReason.IN_TRAINING: _("Indisponible (en formation)"),
        DeclineReason.NOT_ELIGIBLE: _("Non éligible"),
        DeclineReason.NOT_MOBILE: _("Non mobile"),
        DeclineReason.NOT_WISHED: _("Ne souhaite pas"),
        DeclineReason.DUPLICATE: _("En doublon"),
        DeclineReason.PLACED_ELSEWHERE: _("Placé·e ailleurs"),
        DeclineReason.OTHER: _("Autre"),
    }
