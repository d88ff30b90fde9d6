from __future__ import annotations

from datetime import timedelta

from flask import (
    Blueprint,
    Flask,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user, login_user, logout_user

from webapp import demo
from webapp.extensions import db, login_manager, read_only
from webapp.forms.sign_in import SignInForm
from webapp.models import Account
from webapp.services import demonstration, sign_ins
from webapp.views import access
from webapp.views.own_pages import own_page
from webapp.views.shell import role_label

blueprint = Blueprint("sign_in", __name__)


def init_app(app: Flask) -> None:
    app.before_request(access.check)


@login_manager.user_loader
def load_account(token: str) -> Account | None:
    limits = sign_ins.Limits(
        idle=timedelta(minutes=current_app.config["IDLE_MINUTES"]),
        absolute=timedelta(hours=current_app.config["ABSOLUTE_HOURS"]),
    )
    found = sign_ins.find(db.session, token, limits)
    if found is None:
        return None
    if sign_ins.is_due(found):
        db.session.rollback()  # what was begun for reading cannot write
        with read_only(False):
            sign_ins.touch(db.session, found)
    return found.account


@blueprint.route("/sign-in", methods=["GET", "POST"])
@access.public
def sign_in() -> ResponseReturnValue:
    if current_user.is_authenticated:
        return redirect(url_for("home.home"))
    form = SignInForm()
    if not form.validate_on_submit():
        return _page(form, 422 if form.errors else 200)
    try:
        account = sign_ins.sign_in(
            db.session, form.email.data, form.password.data, request.remote_addr or ""
        )
    except sign_ins.TooManyFailuresError:
        form.password.errors = [_("Trop d’essais. Attendez un quart d’heure, puis réessayez.")]
        return _page(form, 429)
    except sign_ins.WrongCredentialsError:
        form.password.errors = [
            _("Cette adresse et ce mot de passe ne vont pas ensemble. Vérifiez les deux.")
        ]
        return _page(form, 422)
    locale = session.get("locale")
    session.clear()
    if locale:
        session["locale"] = locale
    login_user(account)
    return redirect(own_page(request.args.get("next")) or url_for("home.home"))


def _page(form: SignInForm, status: int) -> ResponseReturnValue:
    return render_template(
        "sign_in/sign_in.html",
        form=form,
        demo_accounts=demonstration.accounts(db.session) if current_app.config["DEMO"] else [],
        demo_password=demo.PASSWORD,
        role_label=role_label,
    ), status


@blueprint.post("/sign-out")
@access.allowed()
def sign_out() -> ResponseReturnValue:
    sign_ins.sign_out(db.session, access.current_account)
    logout_user()
    session.clear()
    flash(_("Vous êtes déconnecté·e."), "done")
    return redirect(url_for("sign_in.sign_in"))
