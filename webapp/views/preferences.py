"""Language, and the period that pages speak of."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from webapp.models import Period
from webapp.views.access import allowed, load, public
from webapp.views.locale import LOCALES
from webapp.views.own_pages import page_before

blueprint = Blueprint("preferences", __name__, url_prefix="/preferences")


@blueprint.post("/language")
@public
def set_language() -> ResponseReturnValue:
    locale = request.form.get("locale")
    if locale not in LOCALES:
        abort(400)
    session["locale"] = locale
    return redirect(page_before() or url_for("home.home"), 303)


@blueprint.post("/period")
@allowed()
def set_period() -> ResponseReturnValue:
    period = load(Period, request.form.get("period_id", type=int) or 0)
    session["period_id"] = period.id
    return redirect(url_for("home.home"), 303)
