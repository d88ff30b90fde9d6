"""A coach's first page: the week's visits, and the people followed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from webapp import clock
from webapp.extensions import db
from webapp.models import Enrolment, Role
from webapp.services import visits
from webapp.services.visits import Visit
from webapp.views.access import allowed, current_account
from webapp.views.shell import current_period
from webapp.views.weeks import asked_week

blueprint = Blueprint("visits", __name__, url_prefix="/visits")


@blueprint.get("")
@allowed(Role.COACH)
def overview() -> ResponseReturnValue:
    period = current_period()
    caseload = visits.find_caseload(db.session, current_account, period) if period else None
    if period is None or caseload is None:
        return render_template("visits/not_ready.html", period=period)
    today = clock.today(period.territory.timezone)
    # Before the period begins, the week that is worth a look is its first.
    week = asked_week(max(today, min(period.starts_on, period.ends_on)))
    shown = visits.find_visits(db.session, current_account, week.monday, days=7)
    last = max((visit.local_start.weekday() for visit in shown), default=0)
    minutes = sum(visit.minutes for visit in shown if not visit.is_cancelled)
    return render_template(
        "visits/overview.html",
        caseload=caseload,
        week=week,
        days=[week.monday + timedelta(days=n) for n in range(max(5, last + 1))],
        visits=shown,
        slots=[_in_week(visit) for visit in shown],
        num_held=sum(not visit.is_cancelled for visit in shown),
        minutes=minutes,
        hours=_hours,
        weekly=_weekly,
        today=today,
        is_this_week=week.monday <= today <= week.sunday,
    )


def _in_week(visit: Visit) -> dict[str, Any]:
    """Return a visit as the week calendar takes it."""
    venue = visit.enrolment.group.venue
    return {
        "starts_at": visit.local_start,
        "ends_at": visit.local_end,
        "title": visit.enrolment.participant.short_name,
        "note": venue.name if venue else None,
        "url": None,
        "state": "cancelled" if visit.is_cancelled else "published",
    }


def _weekly(enrolment: Enrolment) -> str:
    """Say when the visit of each week is: "Mardi, 9 h – 10 h"."""
    if enrolment.visit_weekday is None or enrolment.visit_start_minute is None:
        return str(_("Jour à fixer"))
    day = get_locale().days["format"]["wide"][enrolment.visit_weekday]
    end = enrolment.visit_start_minute + (enrolment.group.visit_minutes or 0)
    return f"{day.capitalize()}, {_clock(enrolment.visit_start_minute)} – {_clock(end)}"


def _clock(minute_of_day: int) -> str:
    hour, minute = divmod(minute_of_day, 60)
    if minute == 0:
        return str(_("%(hour)s h", hour=hour))
    return str(_("%(hour)s h %(minute)s", hour=hour, minute=f"{minute:02}"))


def _hours(minutes: int) -> str:
    """Write a length of time: "4 h", "4 h 30", "45 min"."""
    if minutes < 60:
        return str(_("%(minutes)s min", minutes=minutes))
    return _clock(minutes)
