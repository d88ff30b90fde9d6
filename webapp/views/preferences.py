"""Language, and the period that pages speak of."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from webapp.models import Period
from webapp.views.access import allowed, load, public
from webapp.views.locale import LOCALES

blueprint = Blueprint("preferences", __name__, url_prefix="/preferences")


@blueprint.post("/language")
@public
def set_language() -> ResponseReturnValue:
    locale = request.form.get("locale")
    if locale not in LOCALES:
        abort(400)
    session["locale"] = locale
    return redirect(_back())


@blueprint.post("/period")
@allowed()
def set_period() -> ResponseReturnValue:
    period = load(Period, request.form.get("period_id", type=int) or 0)
    session["period_id"] = period.id
    return redirect(url_for("home.home"))


def _back() -> str:
    """Return the path of the page that the form stood on."""
    root = request.host_url
    referrer = request.referrer or ""
    return "/" + referrer.removeprefix(root) if referrer.startswith(root) else url_for("home.home")
