"""How a group suits a participant, in words for the worker."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import ngettext

from webapp.models import Enrolment, Group, Participant, Tag
from webapp.planning.fits import Fit
from webapp.views.locale import capital, name_of
from webapp.views.timetables import minute_of_day, short_day, weekday_name

Line = str | tuple[str, str]  # in favour, or (icon, text) of a note


def about_enrolment(enrolment: Enrolment, fit: Fit | None) -> list[Line]:
    """Say what a proposal rests on: what speaks for it, then what to think of."""
    coach = [_visit(enrolment)] if enrolment.coach else []
    if fit is None:
        return [*coach]
    return [*_wish(fit), *coach, *about(fit, enrolment.participant, enrolment.group)]


def about(fit: Fit, participant: Participant, group: Group) -> list[Line]:
    """Say how a group suits a participant, wish aside: first what is in favour, then the notes."""
    lines: list[Line] = []
    if fit.travel_minutes is not None:
        lines.append(_travel(fit))
    if fit.num_slots:
        lines.append(_attendance(fit))
    lines += [capital(name_of(tag)) for tag in fit.met]
    lines += [
        ("alert-triangle", _("Manque sur place : %(need)s", need=name_of(t))) for t in fit.unmet
    ]
    lines += [("certificate", _certificate(participant, group, tag)) for tag in fit.missing]
    return sorted(lines, key=lambda line: not isinstance(line, str))


def _wish(fit: Fit) -> list[str]:
    return [] if fit.rank is None else [_("Son souhait n° %(rank)s", rank=fit.rank)]


def _visit(enrolment: Enrolment) -> str:
    assert enrolment.coach is not None
    name = enrolment.coach.name
    if enrolment.visit_weekday is None or enrolment.visit_start_minute is None:
        return str(_("Job coach : %(name)s", name=name))
    return str(
        _(
            "Job coach : %(name)s, visite le %(weekday)s à %(time)s",
            name=name,
            weekday=weekday_name(enrolment.visit_weekday),
            time=minute_of_day(enrolment.visit_start_minute),
        )
    )


def _travel(fit: Fit) -> Line:
    minutes = ngettext("%(num)s minute de trajet", "%(num)s minutes de trajet", fit.travel_minutes)
    if fit.max_travel_minutes is None:
        return str(minutes)
    text = _("%(minutes)s, pour %(most)s au plus", minutes=minutes, most=fit.max_travel_minutes)
    return ("walk", text) if fit.is_too_far else str(text)


def _attendance(fit: Fit) -> Line:
    text = ngettext(
        "Peut venir à %(num)s séance sur %(total)s",
        "Peut venir à %(num)s séances sur %(total)s",
        fit.num_attendable,
        total=fit.num_slots,
    )
    return ("calendar-off", text) if fit.is_often_absent else str(text)


def _certificate(participant: Participant, group: Group, tag: Tag) -> str:
    """A required certificate that ends too early is to be renewed; another is still to be had."""
    first = min((slot.local_start.date() for slot in group.slots), default=group.period.starts_on)
    ends = [
        row.valid_until
        for row in participant.certificates
        if row.tag_id == tag.id and row.valid_until is not None and row.valid_until >= first
    ]
    if ends:
        return str(
            _(
                "%(tag)s : se termine le %(day)s, pensez à le renouveler",
                tag=capital(name_of(tag)),
                day=short_day(max(ends)),
            )
        )
    return str(_("%(tag)s : demandé pour ce groupe, pas encore noté", tag=capital(name_of(tag))))
