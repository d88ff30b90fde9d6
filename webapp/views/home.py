from __future__ import annotations

from flask import Blueprint, redirect
from flask.typing import ResponseReturnValue

from webapp.views.access import allowed, current_account
from webapp.views.shell import navigation

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
@allowed()
def home() -> ResponseReturnValue:
    """Lead each role to its first page."""
    return redirect(navigation(current_account.role)[0].url)
