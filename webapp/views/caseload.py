"""A worker's first page: the proposals to answer, and where everybody stands."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from webapp.extensions import db
from webapp.models import Enrolment, Role
from webapp.services import caseloads
from webapp.views import answers, fits
from webapp.views.access import allowed, current_account
from webapp.views.shell import current_period

blueprint = Blueprint("caseload", __name__, url_prefix="/caseload")

SHOWN = 12


@blueprint.get("")
@allowed(Role.WORKER)
def overview() -> ResponseReturnValue:
    return render_overview()


def render_overview(
    unanswered: Enrolment | None = None, error: str | None = None
) -> ResponseReturnValue:
    """Show the page; with ``error``, beside the proposal that was declined without a reason."""
    period = current_period()
    if period is None:
        return render_template("caseload/no_period.html")
    offers = caseloads.offers_to_answer(db.session, current_account, period)
    page = render_template(
        "caseload/overview.html",
        period=period,
        found=caseloads.find_standings(db.session, current_account, period, per_page=SHOWN),
        offers=offers,
        first_deadline=answers.local_deadline(offers[0].enrolment) if offers else None,
        deadline=answers.deadline,
        about=fits.about_enrolment,
        decline_reasons=[(code.value, label) for code, label in answers.decline_reasons().items()],
        unanswered=unanswered,
        error=error,
    )
    return page, 422 if error else 200
